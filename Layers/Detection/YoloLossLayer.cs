using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Losses;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Detection;

/// <summary>
/// The base of YOLO's losses, which are the sum of the squares of gradients that a rule writes; bottoms the map of
/// boxes [N, ., H, W] and the objects.
/// </summary>
internal abstract unsafe class YoloLossLayer : LossLayer
{
    private readonly Blob deltas = new();

    /// <summary>Makes the layer.</summary>
    protected YoloLossLayer(LayerContext context)
        : base(context) => Objects = new YoloObjects(context, 1);

    /// <inheritdoc/>
    public override string? GradientRule => "it is Darknet's deltas, and the loss is the sum of their squares";

    /// <summary>The objects of the images.</summary>
    private protected YoloObjects Objects { get; }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Objects.RequireShape(bottoms[1], bottoms[0].Dim(0));
        tops[0].Reshape();
        deltas.ReshapeLike(bottoms[0]);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        RefuseGradient(propagateDown);
        if (propagateDown[0])
        {
            ChannelAffine.Run(
                deltas.DataPointer, bottoms[0].DiffPointer, null, tops[0].Diff[0] / Items(bottoms[0]), null, 1, 1,
                deltas.Count, Context.Pool);
        }
    }

    /// <summary>Computes the gradients of a batch; returns the sum of their squares.</summary>
    private protected double SumOfSquares<TRule>(TRule rule, IReadOnlyList<Blob> bottoms)
        where TRule : struct, IYoloRule
    {
        Blob map = bottoms[0];
        Objects.Read(bottoms[1], map.Dim(0), rule.Classes);
        double* sums = (double*)Context.Pool.Scratch(0, ScratchSlot.Partials, 2L * map.Dim(0));
        var job = new YoloLossJob<TRule>(rule, map, deltas, Objects, sums);
        Context.Pool.Run(map.Dim(0), ref job);
        double sum = 0;
        for (int item = 0; item < map.Dim(0); item++)
        {
            sum += sums[item];
        }

        return sum;
    }
}
