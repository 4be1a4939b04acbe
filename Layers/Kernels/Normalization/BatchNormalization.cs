using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// Batch normalisation with the scale, bias and rectifier that follow it, each channel by itself (Ioffe and Szegedy,
/// "Batch normalization", ICML 2015, section 3):
/// <c>xhat = (x - mean) inverse</c>, <c>z = scale xhat + bias</c>, <c>y = z above 0, slope z elsewhere</c>.
/// With g the gradient of z, <c>dscale = sum(g xhat)</c>, <c>dbias = sum(g)</c> and
/// <c>dx = scale inverse (g - mean(g) - xhat mean(g xhat))</c>; where mean and variance are given,
/// <c>dx = scale inverse g</c>.
/// </summary>
/// <remarks>
/// The backward pass computes z again from x, with the same roundings, so that y may have been overwritten.
/// </remarks>
internal static unsafe class BatchNormalization
{
    /// <summary>Computes the statistics if they are those of the values, and y.</summary>
    /// <param name="x">[images, channels, inner]; no dimension is 0.</param>
    /// <param name="y">[images, channels, inner]; may be x.</param>
    /// <param name="kept">Where to save x, for work in place; null if it need not be saved.</param>
    /// <param name="chain">The shape, the statistics and what follows.</param>
    /// <param name="pool">The threads.</param>
    public static void Forward(float* x, float* y, float* kept, in ChannelChain chain, WorkerPool pool)
    {
        long count = (long)chain.Images * chain.Channels * chain.Inner;
        KernelGuard.Array(x, count);
        KernelGuard.Array(y, count);
        KernelGuard.ArrayOrNull(kept, count);
        KernelGuard.SameOrApart(x, y, count);
        KernelGuard.SameOrApart(x, kept, count);
        for (int c = 0; c < chain.Channels && !chain.UsesBatch; c++)
        {
            chain.SetFactor(c);
        }

        if (chain.Rectifies)
        {
            var pass = new NormalizationForward<Rectification>(x, y, kept, chain, new Rectification(chain.Slope));
            ChannelPasses.Run(ref pass, chain.Images, chain.Channels, chain.Inner, pool);
        }
        else
        {
            var pass = new NormalizationForward<NoRectification>(x, y, kept, chain, default);
            ChannelPasses.Run(ref pass, chain.Images, chain.Channels, chain.Inner, pool);
        }
    }

    /// <summary>Computes the gradients with the statistics and factors of the forward pass.</summary>
    /// <param name="x">
    /// [images, channels, inner]; or y, where the statistics are given and no gradient of the scale is wanted.
    /// </param>
    /// <param name="isResult">Whether it is y.</param>
    /// <param name="dy">[images, channels, inner].</param>
    /// <param name="gradients">The results.</param>
    /// <param name="chain">The shape, the statistics and what follows.</param>
    /// <param name="pool">The threads.</param>
    public static void Backward(
        float* x, bool isResult, float* dy, in ChannelGradients gradients, in ChannelChain chain, WorkerPool pool)
    {
        long count = (long)chain.Images * chain.Channels * chain.Inner;
        KernelGuard.Array(x, count);
        KernelGuard.Array(dy, count);
        KernelGuard.ArrayOrNull(gradients.X, count);
        KernelGuard.SameOrApart(dy, gradients.X, count);
        if (chain.Rectifies)
        {
            var rectification = new Rectification(chain.Slope);
            var pass = new NormalizationBackward<Rectification>(x, isResult, dy, gradients, chain, rectification);
            ChannelPasses.Run(ref pass, chain.Images, chain.Channels, chain.Inner, pool);
        }
        else
        {
            var pass = new NormalizationBackward<NoRectification>(x, isResult, dy, gradients, chain, default);
            ChannelPasses.Run(ref pass, chain.Images, chain.Channels, chain.Inner, pool);
        }
    }
}
