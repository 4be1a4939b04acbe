using Cnn.Layers.Kernels.Normalization;
using Cnn.Proto;
using Region = Cnn.Proto.LRNParameter.Types.NormRegion;

namespace Cnn.Layers.Normalization;

/// <summary>
/// Local response normalisation of [N, C, H, W], <c>y = x s^-beta</c>. ACROSS_CHANNELS:
/// <c>s = k + (alpha / n) * sum of x^2</c> over the same pixel of the n = <c>local_size</c> channels around;
/// WITHIN_CHANNEL: <c>s = 1 + (alpha / n^2) * sum of x^2</c> over the n x n pixels around, whatever <c>k</c> says.
/// Values beyond the edges count as 0. From Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep
/// convolutional neural networks", NIPS 2012, section 3.3; the division by n or n^2 is Caffe's.
/// </summary>
[LayerType("LRN")]
internal sealed unsafe class LRNLayer(LayerContext context) : Layer(context)
{
    private readonly LRNParameter options = context.Parameter.LrnParam ?? new LRNParameter();
    private LrnShape shape;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    private bool Within => options.NormRegion == Region.WithinChannel;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (options.LocalSize % 2 == 0)
        {
            throw Context.Error(
                options,
                LRNParameter.LocalSizeFieldNumber,
                $"local_size is {options.LocalSize}, so no value lies in the middle of its neighbours",
                "it must be odd");
        }

        RequireFinite(LRNParameter.AlphaFieldNumber, "alpha", options.Alpha);
        RequireFinite(LRNParameter.BetaFieldNumber, "beta", options.Beta);
        RequireFinite(LRNParameter.KFieldNumber, "k", options.K);
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        if (bottom.AxisCount != 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}", "LRN takes 4 axes: [N, C, H, W]");
        }

        tops[0].ReshapeLike(bottom);
        double n = options.LocalSize;
        int farthest = Within ? Math.Max(bottom.Dim(2), bottom.Dim(3)) : bottom.Dim(1);
        shape = new LrnShape(
            bottom.Dim(0),
            bottom.Dim(1),
            bottom.Dim(2),
            bottom.Dim(3),
            (int)Math.Min(options.LocalSize / 2, (uint)farthest),
            options.Alpha / (Within ? n * n : n),
            options.Beta,
            Within ? 1 : options.K);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (bottoms[0].Count > 0)
        {
            LrnKernel.Forward(Within, bottoms[0].DataPointer, tops[0].DataPointer, shape, Context.Pool);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0] && bottoms[0].Count > 0)
        {
            LrnKernel.Backward(
                Within, bottoms[0].DataPointer, tops[0].DiffPointer, bottoms[0].DiffPointer, shape, Context.Pool);
        }
    }

    private void RequireFinite(int field, string name, float value)
    {
        if (!float.IsFinite(value))
        {
            throw Context.Error(options, field, $"{name} is {value}", "it must be a finite number");
        }
    }
}
