using Cnn.Layers.Kernels.Broadcast;
using Cnn.Proto;

namespace Cnn.Layers.Common;

/// <summary>
/// Multiplies all channels at a position by one factor: bottoms x [N, C, H, W] and factors [N, 1, H, W], such as the
/// lengths that Normalize has as its second top. The gradient of a factor is the sum over the channels.
/// <c>do_backward_feature: false</c> passes x's gradient on as it is, <c>do_backward_scale: false</c> gives the factors
/// a gradient of 0, <c>do_forward: false</c> copies x. From happynear's fork of Caffe.
/// </summary>
[LayerType("ChannelScale")]
internal sealed unsafe class ChannelScaleLayer(LayerContext context) : Layer(context)
{
    private readonly ChannelScaleParameter options = context.Parameter.ChannelScaleParam ?? new ChannelScaleParameter();
    private readonly BroadcastAxes axes = new(Blob.MaxAxes);

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override string? GradientRule => options is { DoForward: true, DoBackwardFeature: true,
        DoBackwardScale: true }
        ? null
        : "parts of it are switched off";

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (options.GlobalScale)
        {
            throw Context.Error(
                options,
                ChannelScaleParameter.GlobalScaleFieldNumber,
                "a ChannelScale layer keeps no running factor",
                "leave global_scale out");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob x = bottoms[0], factors = bottoms[1];
        int inner = x.AxisCount < 2 ? 0 : x.CountOf(2);
        if (x.AxisCount < 2 || factors.LegacyDim(0) != x.Dim(0) || factors.Count != (long)x.Dim(0) * inner)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {x.ShapeText}, bottom '{Parameter.Bottom[1]}' "
                + factors.ShapeText,
                "the factors are [N, 1, H, W], N, H and W being those of what they multiply");
        }

        tops[0].ReshapeLike(x);
        axes.Set([x.Dim(0), x.Dim(1), inner], [x.Dim(0), 1, inner]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (!options.DoForward)
        {
            bottoms[0].Data.CopyTo(tops[0].Data);
            return;
        }

        PairKernel.Forward(
            default(PairProduct), bottoms[0].DataPointer, bottoms[1].DataPointer, tops[0].DataPointer, axes,
            Context.Pool);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0] && !options.DoBackwardFeature)
        {
            tops[0].Diff.CopyTo(bottoms[0].Diff);
        }
        else if (propagateDown[0])
        {
            Gradient(tops[0], bottoms, 0);
        }

        if (propagateDown[1] && !options.DoBackwardScale)
        {
            bottoms[1].Diff.Clear();
        }
        else if (propagateDown[1])
        {
            Gradient(tops[0], bottoms, 1);
        }
    }

    private void Gradient(Blob top, IReadOnlyList<Blob> bottoms, int which) => PairKernel.Backward(
        default(PairProduct), bottoms[0].DataPointer, bottoms[1].DataPointer, top.DiffPointer,
        bottoms[which].DiffPointer, which == 1, bottoms[which].Count, axes, Context.Pool);
}
