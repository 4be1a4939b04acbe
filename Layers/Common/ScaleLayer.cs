using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// <c>y = s x</c>, or <c>y = s x + b</c> with <c>bias_term</c>; s and b are broadcast over the axes before <c>axis</c>
/// and after their own. s is learned (blob 0, with the shape of <c>num_axes</c> axes of the bottom) or the second
/// bottom; b is the last blob. In place it keeps a copy of x where the gradient of s needs one.
/// </summary>
[LayerType("Scale")]
internal sealed unsafe class ScaleLayer(LayerContext context)
    : BroadcastLayer(context), IChannelAffine, IChannelScale
{
    private static readonly FillerParameter One = new() { Type = "constant", Value = 1 };

    private readonly ScaleParameter options = context.Parameter.ScaleParam ?? new ScaleParameter();
    private int[] biasShape = [];
    private Blob? kept;

    /// <inheritdoc/>
    public override IReadOnlyList<Blob> KeptForBackward => kept is null ? [] : [kept];

    private int BiasIndex => IsLearned ? 1 : 0;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        var numAxes = (ScaleParameter.NumAxesFieldNumber, options.NumAxes);
        AddBroadcastBlob(bottoms, options, options.Axis, numAxes, options.Filler ?? One);
        if (options.BiasTerm)
        {
            biasShape = IsLearned ? LearnedShape : bottoms[1].Shape.ToArray();
            AddBlob(options.BiasFiller, biasShape);
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Broadcast(bottoms, tops, options.Axis);
        if (options.BiasTerm && !IsLearned && !bottoms[1].Shape.SequenceEqual(biasShape))
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[1]}' has become {bottoms[1].ShapeText}; the bias has shape "
                + $"{Blobs[BiasIndex].ShapeText}");
        }

        // A frozen scale needs no x for its gradient; whether a second bottom needs one is not known yet.
        if (tops[0] == bottoms[0] && (!IsLearned || NeedsGradient(0)))
        {
            kept ??= new Blob();
            kept.ReshapeLike(bottoms[0]);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (kept is not null)
        {
            BlockKernel.Copy(bottoms[0].DataPointer, kept.DataPointer, bottoms[0].Count, Context.Pool);
        }

        Blob scale = IsLearned ? Blobs[0] : bottoms[1];
        BroadcastKernel.Forward(
            bottoms[0].DataPointer,
            scale.DataPointer,
            options.BiasTerm ? Blobs[BiasIndex].DataPointer : null,
            tops[0].DataPointer,
            Outer,
            Size,
            Inner,
            Context.Pool);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        Blob scale = IsLearned ? Blobs[0] : bottoms[1];
        float* dy = tops[0].DiffPointer;
        if (options.BiasTerm && NeedsGradient(BiasIndex))
        {
            BroadcastKernel.Gradient(dy, null, Blobs[BiasIndex].DiffPointer, true, Outer, Size, Inner, Context.Pool);
        }

        if (IsLearned ? NeedsGradient(0) : propagateDown[1])
        {
            AddScaleGradient(dy, (kept ?? bottoms[0]).DataPointer, scale.DiffPointer, bottoms[0], propagateDown[0]);
        }

        if (propagateDown[0])
        {
            BroadcastKernel.Forward(
                dy, scale.DataPointer, null, bottoms[0].DiffPointer, Outer, Size, Inner, Context.Pool);
        }
    }

    /// <inheritdoc/>
    int IChannelScale.FactorIndex => 0;

    /// <inheritdoc/>
    int? IChannelScale.SummandIndex => options.BiasTerm ? BiasIndex : null;

    /// <inheritdoc/>
    bool IChannelScale.IsChannelScale(IReadOnlyList<Blob> bottoms) =>
        ((IChannelAffine)this).IsChannelAffine(bottoms);

    /// <inheritdoc/>
    bool IChannelAffine.IsChannelAffine(IReadOnlyList<Blob> bottoms) =>
        IsLearned
        && LearnedShape.Length == 1
        && bottoms[0].AxisCount > 1
        && CanonicalAxis(bottoms[0], options.Axis) == 1;

    /// <inheritdoc/>
    long IChannelAffine.AffineVersion => Blobs[0].DataVersion + (options.BiasTerm ? Blobs[BiasIndex].DataVersion : 0);

    /// <inheritdoc/>
    void IChannelAffine.Follow(Span<double> scale, Span<double> shift)
    {
        for (int c = 0; c < scale.Length; c++)
        {
            float factor = Blobs[0].Data[c];
            scale[c] *= factor;
            shift[c] = (shift[c] * factor) + (options.BiasTerm ? Blobs[BiasIndex].Data[c] : 0);
        }
    }

    // Caffe computes the products in the bottom's diff and leaves them there when nobody wants the bottom's gradient.
    // This is visible in a net's inputs, so this layer does the same.
    private void AddScaleGradient(float* dy, float* x, float* gradient, Blob bottom, bool isBottomWanted)
    {
        if (!isBottomWanted && kept is null && Size != bottom.Count)
        {
            EltwiseKernel.Run(default(Multiply), dy, x, bottom.DiffPointer, bottom.Count, Context.Pool);
            dy = bottom.DiffPointer;
            x = null;
        }

        BroadcastKernel.Gradient(dy, x, gradient, IsLearned, Outer, Size, Inner, Context.Pool);
    }
}
