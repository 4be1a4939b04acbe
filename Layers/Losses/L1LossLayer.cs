using Cnn.Layers.Kernels.Losses;
using Cnn.Proto;

namespace Cnn.Layers.Losses;

/// <summary>
/// Absolute differences, <c>L = sum |d| / Z</c>, or with <c>l2_per_location</c> their lengths over the channels,
/// <c>L = sum sqrt(f sum_c d_c^2 + epsilon) / Z</c>, where f is 1, or 1 / C with <c>l2_prescale_by_channels</c>. Z is
/// the number of items or, with <c>normalize_by_num_entries</c>, that of differences which are numbers, divided by C.
/// Bottoms: x0 and x1 [N, C, ..], <c>d = x0 - x1</c>, or x0 alone. Gradients for both. From FlowNet 2 (Ilg et al.,
/// CVPR 2017).
/// </summary>
/// <remarks>
/// Two forks have a layer of this name. NVCaffe's has two bottoms and no options; it is taken to be that one where
/// there is no <c>l1_loss_param</c>. In FlowNet 2's, differences that are no number or below <c>plateau</c> have
/// neither loss nor gradient, and the gradient where <c>d = 0</c> is that below 0.
/// </remarks>
[LayerType("L1Loss")]
internal sealed unsafe class L1LossLayer : LossLayer
{
    private readonly L1LossParameter options;

    // The factors of the positions' differences in the gradient.
    private readonly Blob slopes = new();
    private float normalizer = 1;

    /// <summary>Makes the layer.</summary>
    public L1LossLayer(LayerContext context)
        : base(context) => options = Parameter.L1LossParam ?? new L1LossParameter();

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Between(1, 2);

    private bool IsFlowNets => Parameter.L1LossParam is not null || Parameter.Bottom.Count == 1;

    // Below 0 differences that are no number count too.
    private float Plateau => IsFlowNets ? Math.Max(0, options.Plateau) : -1;

    /// <inheritdoc/>
    public override bool AllowsForceBackward(int bottom) => true;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (options.L2PerLocation && !(options.Epsilon >= 0))
        {
            throw Context.Error(
                options,
                L1LossParameter.EpsilonFieldNumber,
                $"epsilon is {options.Epsilon}",
                "it is added under a root: 0 or more");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        tops[0].Reshape();
        if (bottoms.Count > 1)
        {
            base.Reshape(bottoms, tops);
            RequireSameCount(bottoms);
        }

        if (options.L2PerLocation && bottoms[0].AxisCount < 2)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottoms[0].ShapeText}",
                "l2_per_location needs channels: [N, C, ..]");
        }

        if (options.L2PerLocation)
        {
            slopes.Reshape(bottoms[0].Dim(0), bottoms[0].CountOf(2));
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        float* x = bottoms[0].DataPointer, other = Second(bottoms);
        normalizer = Items(bottoms[0]);
        if (options.NormalizeByNumEntries)
        {
            double numbers = AbsoluteKernel.CountNumbers(x, other, bottoms[0].Count, Context.Pool);
            normalizer = (float)(numbers / Math.Max(1, bottoms[0].LegacyDim(1)));
        }

        double sum = options.L2PerLocation
            ? LocationKernel.Sum(x, other, slopes.DataPointer, Size(bottoms[0]), Rule(bottoms[0]), Context.Pool)
            : AbsoluteKernel.Sum(x, other, bottoms[0].Count, Context.Pool, Plateau);
        tops[0].Data[0] = normalizer == 0 ? 0 : (float)(sum / normalizer);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        float* x = bottoms[0].DataPointer, other = Second(bottoms);
        float scale = normalizer == 0 ? 0 : tops[0].Diff[0] / normalizer;
        for (int which = 0; which < bottoms.Count; which++)
        {
            if (!propagateDown[which])
            {
                continue;
            }

            float* dx = bottoms[which].DiffPointer;
            float factor = which == 0 ? scale : -scale;
            if (options.L2PerLocation)
            {
                LocationKernel.Gradient(
                    x, other, slopes.DataPointer, factor, dx, Size(bottoms[0]), Context.Pool);
            }
            else
            {
                AbsoluteKernel.Gradient(
                    x, other, &factor, 1, IsFlowNets ? -1 : 0, dx, 1, bottoms[0].Count, Context.Pool,
                    Plateau);
            }
        }
    }

    private static float* Second(IReadOnlyList<Blob> bottoms) => bottoms.Count > 1 ? bottoms[1].DataPointer : null;

    private static (int Items, int Channels, int Inner) Size(Blob x) => (x.Dim(0), x.Dim(1), x.CountOf(2));

    private (float Factor, float Epsilon, float Plateau) Rule(Blob x) => (
        options.L2PrescaleByChannels ? 1f / x.Dim(1) : 1, options.Epsilon, Math.Max(0, options.Plateau));
}
