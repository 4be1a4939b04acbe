using Cnn.Layers.Kernels.Pooling;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Method = Cnn.Proto.PoolingParameter.Types.PoolMethod;

namespace Cnn.Layers.Vision;

/// <summary>
/// The pooling kernels for one layer, or one level of a pyramid: chooses them by method and phase, and records where
/// the maxima or the sampled values were.
/// </summary>
internal sealed unsafe class PoolingPasses(LayerContext context, Method method, string purpose)
{
    private readonly ulong drawKey = context.Random.Key(context.Parameter.Name, purpose);
    private PinnedInts? indices;
    private PoolingShape shape;
    private int planes;

    /// <summary>Where each value of the last forward pass came from: h * W + w in its plane, -1 for nowhere.</summary>
    public int* Indices => indices!.Pointer;

    // The mask, a second top, needs them even where no gradient does.
    private bool KeepsIndices =>
        (method == Method.Max && (!context.Inference || context.Parameter.Top.Count > 1)) || Samples;

    private bool Samples => method == Method.Stochastic && context.Parameter.Phase == Phase.Train;

    /// <summary>Prepares for a number of planes.</summary>
    public void Prepare(int planeCount, PoolingShape planeShape)
    {
        (planes, shape) = (planeCount, planeShape);
        int count = planes * shape.PooledSize;
        if (KeepsIndices && (indices is null || indices.Length < count))
        {
            indices = new PinnedInts(count);
        }
    }

    /// <summary>Computes y from x.</summary>
    public void Forward(float* x, float* y)
    {
        if (method == Method.Ave)
        {
            AveragePooling.Forward(x, y, planes, shape, context.Pool);
        }
        else if (Samples)
        {
            StochasticPooling.Sample(
                x, y, indices!.Pointer, planes, shape, drawKey, (ulong)context.Clock.Pass, context.Pool);
        }
        else if (method == Method.Stochastic)
        {
            StochasticPooling.Mean(x, y, planes, shape, context.Pool);
        }
        else
        {
            MaxPooling.Forward(x, y, KeepsIndices ? indices!.Pointer : null, planes, shape, context.Pool);
        }
    }

    /// <summary>Computes dx from dy.</summary>
    public void Backward(float* x, float* y, float* dy, float* dx)
    {
        if (method == Method.Ave)
        {
            AveragePooling.Backward(dy, dx, planes, shape, context.Pool);
        }
        else if (method == Method.Max || Samples)
        {
            MaxPooling.Backward(dy, indices!.Pointer, dx, planes, shape, context.Pool);
        }
        else
        {
            StochasticPooling.MeanBackward(x, y, dy, dx, planes, shape, context.Pool);
        }
    }
}
