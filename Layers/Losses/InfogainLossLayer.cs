using Cnn.Layers.Kernels.Losses;
using Cnn.Proto;

namespace Cnn.Layers.Losses;

/// <summary>
/// The multinomial logistic loss of a softmax in which the label's row of a matrix H [C, C] weights every class:
/// <c>L = -sum_i sum_k H[label_i, k] log(max(p_k, 1e-20)) / Z</c>,
/// <c>dx_k = (p_k sum_j H[label, j] - H[label, k]) w / Z</c>. Bottoms: scores [.., C, ..] with the classes on
/// <c>infogain_loss_param.axis</c> (1), labels, and H unless <c>source</c> names a file with it. A second top gets the
/// probabilities. Z is the number of valid positions unless <c>loss_param.normalization</c> says otherwise.
/// </summary>
[LayerType("InfogainLoss")]
internal sealed unsafe class InfogainLossLayer(LayerContext context) : SoftmaxLossLayer(context)
{
    private const float SmallestProbability = 1e-20f;

    private readonly InfogainLossParameter options = context.Parameter.InfogainLossParam ?? new InfogainLossParameter();
    private readonly Blob rowSums = new();
    private Blob? stored;
    private bool isMadeUp;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Between(2, 3);

    /// <inheritdoc/>
    protected override int ClassAxis => options.Axis;

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => bottom == 0;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (Parameter.LossParam is { HasNormalize: true } loss)
        {
            throw Context.Error(
                loss,
                LossParameter.NormalizeFieldNumber,
                "an InfogainLoss layer does not take normalize",
                $"use normalization: {(loss.Normalize ? "VALID" : "BATCH_SIZE")}");
        }

        if (bottoms.Count > 2)
        {
            return;
        }

        if (!options.HasSource)
        {
            throw Context.Error(
                options,
                InfogainLossParameter.SourceFieldNumber,
                "the infogain matrix is missing",
                "name its file as infogain_loss_param.source, or give it as a third bottom");
        }

        string path = Context.Files.Find(options.Source);
        if (Context.MadeUp is not null && options.Source.Length > 0 && !Path.Exists(path))
        {
            isMadeUp = true;
            Context.Warning(
                options,
                InfogainLossParameter.SourceFieldNumber,
                $"the infogain matrix is made up, the identity: '{options.Source}' is not here");
            return;
        }

        try
        {
            BlobProto read = ProtoFile.Load<BlobProto>(path).Message;
            stored = BlobFormat.ToBlob(read, $"the infogain matrix in '{options.Source}'");
        }
        catch (CnnException exception)
        {
            throw Context.Error(options, InfogainLossParameter.SourceFieldNumber, exception);
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        if (isMadeUp)
        {
            stored = Identity(Channels);
        }

        Blob matrix = Matrix(bottoms);
        if (matrix.Count != (long)Channels * Channels)
        {
            throw Context.Error(
                options,
                InfogainLossParameter.SourceFieldNumber,
                $"the infogain matrix {(stored is null ? $"'{Parameter.Bottom[2]}'" : $"in '{options.Source}'")} "
                + $"has shape {matrix.ShapeText}, but scores '{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} "
                + $"have {Channels} classes",
                $"it must be {Channels} x {Channels}");
        }

        rowSums.Reshape(Channels);
    }

    /// <inheritdoc/>
    private protected override double Sum(IReadOnlyList<Blob> bottoms, float* p, int* classes) => InfogainKernel.Sum(
        p, classes, Matrix(bottoms).DataPointer, Outer, Channels, Inner, SmallestProbability, Context.Pool);

    /// <inheritdoc/>
    private protected override void Gradient(
        IReadOnlyList<Blob> bottoms, float* p, int* classes, float* dx, float scale) => InfogainKernel.SoftmaxGradient(
        p,
        classes,
        Matrix(bottoms).DataPointer,
        rowSums.DataPointer,
        dx,
        Outer,
        Channels,
        Inner,
        scale,
        Context.Pool);

    private static Blob Identity(int size)
    {
        var identity = new Blob(size, size);
        for (int i = 0; i < size; i++)
        {
            identity.Data[i * (size + 1)] = 1;
        }

        return identity;
    }

    private Blob Matrix(IReadOnlyList<Blob> bottoms) => stored ?? bottoms[2];
}
