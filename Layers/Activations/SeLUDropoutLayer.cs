using Cnn.Layers.Kernels.Dropout;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Layers.Activations;

/// <summary>
/// Dropout that leaves the mean and the variance of what SeLU gives (Klambauer et al., "Self-normalizing neural
/// networks", NIPS 2017, "alpha dropout"): in TRAIN <c>y = a (x or, where it is dropped, alpha) + b</c> with
/// <c>q = 1 - dropout_ratio</c>, <c>a = (q (1 + alpha^2 (1 - q)))^(-1/2)</c> and <c>b = -a (1 - q) alpha</c>; in TEST
/// the top equals the bottom. The mask is a function of (seed, layer name, pass). Works in place.
/// </summary>
[LayerType("SeLUDropout")]
internal unsafe class SeLUDropoutLayer : Layer
{
    private readonly SeLUDropoutParameter options;
    private readonly ulong key;
    private readonly double alpha;
    private readonly double scale;
    private long pass;

    /// <exception cref="CnnException">The ratio is not in [0, 1).</exception>
    public SeLUDropoutLayer(LayerContext context)
        : base(context)
    {
        options = Parameter.SeluDropoutParam ?? new SeLUDropoutParameter();
        key = context.Random.Key(Name, "mask");
        double q = 1 - options.DropoutRatio;
        alpha = options.HasAlpha ? options.Alpha : -1.75809934f;
        scale = 1 / Math.Sqrt(q * (1 + (alpha * alpha * (1 - q))));
        if (!(options.DropoutRatio >= 0 && options.DropoutRatio < 1))
        {
            throw context.Error(
                options,
                SeLUDropoutParameter.DropoutRatioFieldNumber,
                $"dropout_ratio is {options.DropoutRatio}",
                "it must be 0 or more and below 1");
        }
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    private bool Drops => Phase == Phase.Train;

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        tops[0].ReshapeLike(bottoms[0]);

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        pass = Context.Clock.Pass;
        float* x = bottoms[0].DataPointer, y = tops[0].DataPointer;
        int count = bottoms[0].Count;
        if (!Drops)
        {
            Copy(x, y, count);
            return;
        }

        // Dropout writes zeros: x is shifted by -alpha before it and back after it, so that a zero is alpha.
        double dropped = (scale * alpha) - (scale * options.DropoutRatio * alpha);
        UnaryKernel.Forward(new PowerLayer.Raise(1, 1, (float)-alpha), x, y, count, Context.Pool);
        Drop(y, y, count);
        UnaryKernel.Forward(new PowerLayer.Raise(1, 1, (float)dropped), y, y, count, Context.Pool);
    }

    /// <inheritdoc/>
    public override LayerCost Cost(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) =>
        new(0, 0, IsView: !Drops && tops[0].SharesDataWith(bottoms[0]));

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (!propagateDown[0])
        {
            return;
        }

        float* dy = tops[0].DiffPointer, dx = bottoms[0].DiffPointer;
        if (Drops)
        {
            Drop(dy, dx, bottoms[0].Count);
        }
        else
        {
            Copy(dy, dx, bottoms[0].Count);
        }
    }

    private void Drop(float* from, float* to, int count)
    {
        ulong threshold = (ulong)((1.0 - options.DropoutRatio) * (1UL << 32));
        DropoutKernel.Apply(from, to, count, threshold, (float)scale, key, (ulong)pass, Context.Pool);
    }

    private void Copy(float* from, float* to, int count)
    {
        if (from != to)
        {
            BlockKernel.Copy(from, to, count, Context.Pool);
        }
    }
}
