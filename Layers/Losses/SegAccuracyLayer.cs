using Cnn.Layers.Kernels.ArgMax;
using Cnn.Proto;

namespace Cnn.Layers.Losses;

/// <summary>
/// How well labels of pixels were predicted: bottoms scores [N, C, H, W] and labels [N, 1, H, W]; top [1, 1, 1, 3]: the
/// share of the pixels that are right, the same for each class in the mean of those that occur, and the intersection
/// over the union of each class in the mean of all, where a class that is neither there nor predicted has 1. Of equal
/// scores the last class is predicted. With <c>reset: false</c> the pixels of all passes since the net was built count.
/// Not differentiable. From PSPNet's fork of Caffe.
/// </summary>
[LayerType("SegAccuracy")]
internal sealed unsafe class SegAccuracyLayer : Layer
{
    private const int MostClasses = 1 << 12;

    private readonly SegAccuracyParameter options;
    private readonly Blob predicted = new();
    private readonly HashSet<int> ignored;

    // [true class, predicted class].
    private long[] counts = [];
    private int classes;
    private int inner;

    /// <summary>Makes the layer.</summary>
    public SegAccuracyLayer(LayerContext context)
        : base(context)
    {
        options = Parameter.SegAccuracyParam ?? new SegAccuracyParameter();
        ignored = [.. options.IgnoreLabel];
    }

    /// <summary>Whether pixels of earlier passes count too: <c>reset: false</c>.</summary>
    public override bool DependsOnEarlierPasses => !options.Reset;

    /// <inheritdoc/>
    public override bool HasGradient => false;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob scores = bottoms[0], labels = bottoms[1];
        bool fits = scores.AxisCount <= 4 && labels.AxisCount <= 4
            && labels.LegacyDim(0) == scores.LegacyDim(0)
            && labels.LegacyDim(1) == 1
            && labels.LegacyDim(2) == scores.LegacyDim(2)
            && labels.LegacyDim(3) == scores.LegacyDim(3);
        if (!fits)
        {
            throw Context.Error(
                $"scores '{Parameter.Bottom[0]}' have shape {scores.ShapeText}, but labels '{Parameter.Bottom[1]}' "
                + $"{labels.ShapeText}",
                "scores are N x C x H x W and labels N x 1 x H x W");
        }

        (classes, inner) = (scores.LegacyDim(1), scores.LegacyDim(2) * scores.LegacyDim(3));
        if (classes > MostClasses)
        {
            throw Context.Error($"{classes} classes are too many", $"at most {MostClasses}");
        }

        if (counts.Length != classes * classes)
        {
            counts = new long[classes * classes];
        }

        predicted.ReshapeLike(labels);
        tops[0].Reshape(1, 1, 1, 3);
    }

    /// <inheritdoc/>
    public override string? LabelProblem(int bottom, int label) =>
        bottom != 1 || ignored.Contains(label) ? null : ClassLabels.Problem(label, classes, ignore: null);

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (options.Reset)
        {
            Array.Clear(counts);
        }

        ArgMaxKernel.Run(
            bottoms[0].DataPointer,
            predicted.DataPointer,
            null,
            bottoms[0].LegacyDim(0),
            classes,
            inner,
            1,
            inner,
            Context.Pool);
        Count(bottoms[1].Data, predicted.Data);
        Write(tops[0].Data);
    }

    private void Count(ReadOnlySpan<float> labels, ReadOnlySpan<float> found)
    {
        for (int i = 0; i < labels.Length; i++)
        {
            int label = (int)labels[i];
            bool isClass = labels[i] > -1 && label < classes;
            if (!float.IsNaN(labels[i]) && ignored.Contains(label))
            {
                continue;
            }

            if (!isClass)
            {
                throw Context.Error(
                    $"label {labels[i]} at position {i} of '{Parameter.Bottom[1]}' is not one of {classes} classes",
                    $"labels are 0 to {classes - 1}, or those of ignore_label");
            }

            counts[(label * classes) + (int)found[i]]++;
        }
    }

    private void Write(Span<float> top)
    {
        double all = 0, right = 0, recall = 0, overlap = 0;
        int occurring = 0;
        for (int c = 0; c < classes; c++)
        {
            double there = 0, found = 0, both = counts[(c * classes) + c];
            for (int other = 0; other < classes; other++)
            {
                there += counts[(c * classes) + other];
                found += counts[(other * classes) + c];
            }

            (all, right) = (all + there, right + both);
            recall += there > 0 ? both / there : 0;
            occurring += there > 0 ? 1 : 0;
            double union = there + found - both;
            overlap += both == union ? 1 : both / union;
        }

        top[0] = all == 0 ? 0 : (float)(right / all);
        top[1] = occurring == 0 ? 0 : (float)(recall / occurring);
        top[2] = (float)(overlap / classes);
    }
}
