using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>
/// Computes, for each channel of [images, channels, inner], the sums of <c>a - a0</c> and of <c>(a - a0)(b - b0)</c>,
/// with a pair of offsets per channel. With a = b and an offset near the mean these are a channel's moments
/// without cancellation; with a = dy and b = x they are what the gradient of a normalisation needs.
/// </summary>
internal static unsafe class ChannelSums
{
    /// <summary>Computes the sums.</summary>
    /// <param name="a">[images, channels, inner].</param>
    /// <param name="a0">Offsets of a, [channels], or null for none.</param>
    /// <param name="b">[images, channels, inner]; may be a.</param>
    /// <param name="b0">Offsets of b, [channels], or null for none.</param>
    /// <param name="images">Images.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="inner">Values of a channel in an image.</param>
    /// <param name="sums">The two sums of each channel, [channels, 2]; overwritten.</param>
    /// <param name="pool">The threads.</param>
    public static void Run(
        float* a, float* a0, float* b, float* b0, int images, int channels, int inner, double* sums, WorkerPool pool)
    {
        KernelGuard.Array(a, images, channels, inner);
        KernelGuard.Array(b, images, channels, inner);
        KernelGuard.ArrayOrNull(a0, channels);
        KernelGuard.ArrayOrNull(b0, channels);
        KernelGuard.Array(sums, channels, 2);
        var pass = new Pass(a, a0, b, b0, sums);
        ChannelPasses.Run(ref pass, images, channels, inner, pool);
    }

    private readonly struct Pass(float* a, float* a0, float* b, float* b0, double* sums) : IChannelPass
    {
        public bool HasSums => true;

        public bool HasValues => false;

        public void Sum(in ChannelPiece piece, double* to)
        {
            Vector512<float> offsetA = a0 == null ? Vector512<float>.Zero : ChainVectors.Numbers(a0, piece);
            Vector512<float> offsetB = b0 == null ? Vector512<float>.Zero : ChainVectors.Numbers(b0, piece);
            ChannelTermSums.Run(new Terms(a, offsetA, b, offsetB), piece, to);
        }

        public void Finish(int channel, double first, double second) =>
            (sums[2 * (nint)channel], sums[(2 * (nint)channel) + 1]) = (first, second);

        public void Compute(in ChannelPiece piece)
        {
        }
    }

    private readonly struct Terms(float* a, Vector512<float> a0, float* b, Vector512<float> b0) : IChannelTerms
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Of(nint at, int count, out Vector512<float> first, out Vector512<float> second)
        {
            first = Lanes.Load(a + at, count) - a0;
            second = first * (Lanes.Load(b + at, count) - b0);
        }
    }
}
