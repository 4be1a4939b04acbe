using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.Normalization;

/// <summary>The forward pass of <see cref="BatchNormalization"/>.</summary>
internal readonly unsafe struct NormalizationForward<T>(
    float* x, float* y, float* kept, ChannelChain chain, T rectification) : IChannelPass
    where T : struct, IRectification
{
    // Shorter rows have too few whole cache lines.
    private const int LeastStreamed = 128;

    private readonly ChannelChain chain = chain;

    /// <inheritdoc/>
    public bool HasSums => chain.UsesBatch;

    /// <inheritdoc/>
    public bool HasValues => true;

    /// <inheritdoc/>
    public void Sum(in ChannelPiece piece, double* sums)
    {
        Vector512<float> origin = piece.IsOneChannel
            ? Vector512.Create(Origin(piece.Channel))
            : Lanes.Load(x + piece.Channel, piece.Lanes);
        origin = Vector512.ConditionalSelect(Vector512.IsFinite(origin), origin, Vector512<float>.Zero);
        ChannelTermSums.Run(new Moments(x, origin), piece, sums);
    }

    /// <inheritdoc/>
    public void Finish(int channel, double first, double second)
    {
        double count = (double)chain.Images * chain.Inner, beyond = first / count, mean = Origin(channel) + beyond;
        chain.Mean[channel] = (float)mean;
        chain.Rest[channel] = (float)(mean - chain.Mean[channel]);
        double variance = (second / count) - (beyond * beyond);
        chain.Variance[channel] = (float)(variance < 0 ? 0 : variance);
        chain.SetFactor(channel);
    }

    /// <inheritdoc/>
    public void Compute(in ChannelPiece piece)
    {
        var numbers = new ChainVectors(chain, piece);
        ChannelPiece.RunList runs = piece.Runs();
        bool streams = chain.Inner >= LeastStreamed && (nuint)kept % (Lanes.Width * sizeof(float)) == 0;
        while (runs.Next())
        {
            nint at = runs.At, end = at + runs.Count;
            if (kept != null)
            {
                Keep(at, end, streams, numbers);
                continue;
            }

            for (; at <= end - Lanes.Width; at += Lanes.Width)
            {
                Write(Lanes.Load(x + at, Lanes.Width), at, Lanes.Width, numbers);
            }

            if (at < end)
            {
                int count = (int)(end - at);
                Write(Lanes.Load(x + at, count), at, count, numbers);
            }
        }

        if (kept != null && streams)
        {
            // Streamed values are not ordered with the writes by which threads tell each other that a part is done.
            Thread.MemoryBarrier();
        }
    }

    // A channel's first value is nearer to its mean than 0 is, and makes the variance of a constant exactly 0.
    private float Origin(int channel)
    {
        float first = x[(nint)channel * chain.Inner];
        return float.IsFinite(first) ? first : 0;
    }

    // The copy is not read before the backward pass. Whole cache lines of it are written past the caches, which saves
    // reading their memory first: a third of the pass.
    private void Keep(nint at, nint end, bool streams, ChainVectors numbers)
    {
        int before = (int)Math.Min(-at & (Lanes.Width - 1), end - at);
        if (streams && before > 0)
        {
            KeepSome(at, before, numbers);
            at += before;
        }

        for (; streams && at <= end - Lanes.Width; at += Lanes.Width)
        {
            Vector512<float> values = Lanes.Load(x + at, Lanes.Width);
            values.StoreAlignedNonTemporal(kept + at);
            Write(values, at, Lanes.Width, numbers);
        }

        for (; at <= end - Lanes.Width; at += Lanes.Width)
        {
            KeepSome(at, Lanes.Width, numbers);
        }

        if (at < end)
        {
            KeepSome(at, (int)(end - at), numbers);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void KeepSome(nint at, int count, ChainVectors numbers)
    {
        Vector512<float> values = Lanes.Load(x + at, count);
        Lanes.Store(values, kept + at, count);
        Write(values, at, count, numbers);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Write(Vector512<float> values, nint at, int count, ChainVectors numbers) =>
        Lanes.Store(rectification.Forward(numbers.Result(numbers.Centred(values))), y + at, count);

    private readonly struct Moments(float* x, Vector512<float> origin) : IChannelTerms
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Of(nint at, int count, out Vector512<float> first, out Vector512<float> second)
        {
            first = Lanes.Load(x + at, count) - origin;
            second = first * first;
        }
    }
}
