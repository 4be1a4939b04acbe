using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Activations;

/// <summary>
/// The noisy rectifier (Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010). TRAIN:
/// <c>y = max(0, x + s n)</c>, n standard normal and <c>s = sqrt(sigmoid(x))</c> the unit's own standard deviation; the
/// noise is a function of (seed, layer name, pass). TEST: the expectation of that. Beyond Caffe.
/// </summary>
[LayerType("NoisyReLU")]
internal sealed unsafe class NoisyReLULayer(LayerContext context) : Layer(context)
{
    private readonly ulong key = context.Random.Key(context.Parameter.Name, "noise");
    private ulong pass;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        tops[0].ReshapeLike(bottoms[0]);

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        pass = (ulong)Context.Clock.Pass;
        float* x = bottoms[0].DataPointer, y = tops[0].DataPointer;
        if (Phase == Phase.Train)
        {
            NoisyRectifierKernel.Forward(x, y, bottoms[0].Count, key, pass, Context.Pool);
        }
        else
        {
            NoisyRectifierKernel.Mean(x, y, bottoms[0].Count, Context.Pool);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (!propagateDown[0])
        {
            return;
        }

        float* x = bottoms[0].DataPointer, dy = tops[0].DiffPointer, dx = bottoms[0].DiffPointer;
        if (Phase == Phase.Train)
        {
            NoisyRectifierKernel.Backward(x, dy, dx, bottoms[0].Count, key, pass, Context.Pool);
        }
        else
        {
            NoisyRectifierKernel.MeanBackward(x, dy, dx, bottoms[0].Count, Context.Pool);
        }
    }
}
