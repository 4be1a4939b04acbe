using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>The backward pass of <see cref="BatchNormalization"/>.</summary>
internal readonly unsafe struct NormalizationBackward<T>(
    float* x, bool isResult, float* dy, ChannelGradients gradients, ChannelChain chain, T rectification) : IChannelPass
    where T : struct, IRectification
{
    private readonly ChannelChain chain = chain;

    /// <inheritdoc/>
    public bool HasSums =>
        gradients.Scale != null || gradients.Bias != null || (gradients.X != null && chain.UsesBatch);

    /// <inheritdoc/>
    public bool HasValues => gradients.X != null || gradients.Normalised != null;

    /// <inheritdoc/>
    public void Sum(in ChannelPiece piece, double* sums) => ChannelTermSums.Run(TermsOf(piece), piece, sums);

    /// <inheritdoc/>
    public void Finish(int channel, double first, double second)
    {
        double inverse = chain.Inverse[channel], product = second * inverse;
        if (gradients.Scale != null)
        {
            gradients.Scale[channel] = (gradients.Adds ? gradients.Scale[channel] : 0) + (float)product;
        }

        if (gradients.Bias != null)
        {
            gradients.Bias[channel] = (gradients.Adds ? gradients.Bias[channel] : 0) + (float)first;
        }

        double count = (double)chain.Images * chain.Inner;
        chain.Gradients[channel] = chain.UsesBatch ? (float)(first / count) : 0;
        chain.Gradients[chain.Channels + channel] = chain.UsesBatch ? (float)(product / count * inverse) : 0;
    }

    /// <inheritdoc/>
    public void Compute(in ChannelPiece piece)
    {
        var numbers = new Numbers(chain, piece);
        Terms terms = TermsOf(piece);
        ChannelPiece.RunList runs = piece.Runs();
        while (runs.Next())
        {
            nint at = runs.At, end = at + runs.Count;
            if (gradients.Normalised != null)
            {
                WriteBoth(at, end, terms, numbers);
                continue;
            }

            for (; at <= end - Lanes.Width; at += Lanes.Width)
            {
                Vector512<float> g = terms.Gradient(at, Lanes.Width, out Vector512<float> centred);
                Lanes.Store(numbers.Gradient(g, centred), gradients.X + at, Lanes.Width);
            }

            if (at < end)
            {
                int count = (int)(end - at);
                Vector512<float> g = terms.Gradient(at, count, out Vector512<float> centred);
                Lanes.Store(numbers.Gradient(g, centred), gradients.X + at, count);
            }
        }
    }

    private void WriteBoth(nint at, nint end, Terms terms, Numbers numbers)
    {
        for (; at < end; at += Lanes.Width)
        {
            int count = (int)Math.Min(Lanes.Width, end - at);
            Vector512<float> g = terms.Gradient(at, count, out Vector512<float> centred);
            Lanes.Store(g * numbers.Scale, gradients.Normalised + at, count);
            if (gradients.X != null)
            {
                Lanes.Store(numbers.Gradient(g, centred), gradients.X + at, count);
            }
        }
    }

    // The rectifier's result is above 0 where what it reads is, so that it stands for that.
    private Terms TermsOf(in ChannelPiece piece) =>
        new(x, dy, isResult ? ChainVectors.Identity : new ChainVectors(chain, piece), rectification);

    private readonly struct Numbers
    {
        /// <summary>The scale of the layer that follows.</summary>
        public readonly Vector512<float> Scale;

        private readonly Vector512<float> factor, mean, slope;

        public Numbers(in ChannelChain chain, in ChannelPiece piece)
        {
            Scale = chain.HasFollowingScale ? ChainVectors.Numbers(chain.Scale, piece) : Vector512<float>.One;
            factor = ChainVectors.Numbers(chain.Factor, piece);
            if (chain.UsesBatch)
            {
                mean = ChainVectors.Numbers(chain.Gradients, piece);
                slope = ChainVectors.Numbers(chain.Gradients + chain.Channels, piece);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Gradient(Vector512<float> g, Vector512<float> centred) =>
            Vector512.MultiplyAddEstimate(-centred, slope, g - mean) * factor;
    }

    private readonly struct Terms(float* x, float* dy, ChainVectors numbers, T rectification) : IChannelTerms
    {
        // The gradient of the rectifier's bottom, and x - mean.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Gradient(nint at, int count, out Vector512<float> centred)
        {
            centred = numbers.Centred(Lanes.Load(x + at, count));
            return rectification.Gradient(numbers.Result(centred), Lanes.Load(dy + at, count));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Of(nint at, int count, out Vector512<float> first, out Vector512<float> second)
        {
            first = Gradient(at, count, out Vector512<float> centred);
            second = first * centred;
        }
    }
}
