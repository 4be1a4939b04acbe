namespace Cnn.Fillers;

/// <summary>
/// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011) as a
/// <see cref="Random"/>: the numbers are a pure function of a 64-bit key and a 128-bit counter, so a stream can be
/// started anywhere and needs no state in a snapshot. Not thread-safe.
/// </summary>
public sealed class PhiloxRandom : Random
{
    internal const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    internal const uint Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;

    private ulong key;
    private ulong stream;
    private ulong block;
    private (uint A, uint B, uint C, uint D) words;
    private int used = 4;

    /// <summary>Creates a generator at the first number of stream <paramref name="stream"/> of a key.</summary>
    public PhiloxRandom(ulong key, ulong stream = 0) => Restart(key, stream);

    /// <summary>Restarts at the first number of a stream, without allocating.</summary>
    public void Restart(ulong key, ulong stream)
    {
        (this.key, this.stream, block, used) = (key, stream, 0, 4);
    }

    /// <summary>
    /// Returns a generator at the start of a part of this stream, for draws that are split; part 0 is the stream
    /// itself.
    /// </summary>
    public PhiloxRandom Part(int part)
    {
        // Far beyond the blocks that the stream itself uses.
        return new PhiloxRandom(key, stream) { block = (ulong)(uint)part << 40 };
    }

    /// <summary>Computes the four words at one counter value: ten rounds of the cipher.</summary>
    public static (uint A, uint B, uint C, uint D) Block(ulong key, ulong counterLow, ulong counterHigh)
    {
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        uint c0 = (uint)counterLow, c1 = (uint)(counterLow >> 32);
        uint c2 = (uint)counterHigh, c3 = (uint)(counterHigh >> 32);
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = (ulong)Multiplier0 * c0, p1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>Returns the next 32 random bits.</summary>
    public uint NextUInt32()
    {
        if (used == 4)
        {
            words = Block(key, block++, stream);
            used = 0;
        }

        return used++ switch { 0 => words.A, 1 => words.B, 2 => words.C, _ => words.D };
    }

    /// <summary>Returns the next 64 random bits.</summary>
    public ulong NextUInt64() => ((ulong)NextUInt32() << 32) | NextUInt32();

    /// <inheritdoc/>
    protected override double Sample() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <inheritdoc/>
    public override double NextDouble() => Sample();

    /// <inheritdoc/>
    public override float NextSingle() => (NextUInt32() >> 8) * (1.0f / (1 << 24));

    /// <inheritdoc/>
    public override int Next() => Next(int.MaxValue);

    /// <inheritdoc/>
    public override int Next(int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return (int)Bounded((uint)maxValue);
    }

    /// <inheritdoc/>
    public override int Next(int minValue, int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return (int)(minValue + (long)Bounded((ulong)((long)maxValue - minValue)));
    }

    /// <inheritdoc/>
    public override long NextInt64() => (long)Bounded(long.MaxValue);

    /// <inheritdoc/>
    public override long NextInt64(long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return (long)Bounded((ulong)maxValue);
    }

    /// <inheritdoc/>
    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        return (long)((ulong)minValue + Bounded((ulong)maxValue - (ulong)minValue));
    }

    /// <inheritdoc/>
    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    /// <inheritdoc/>
    public override void NextBytes(Span<byte> buffer)
    {
        for (int i = 0; i < buffer.Length; i++)
        {
            buffer[i] = (byte)(NextUInt32() >> 24);
        }
    }

    // Lemire's multiplication method without the rejection step: the bias is below limit/2^64.
    private ulong Bounded(ulong limit) => Math.BigMul(NextUInt64(), limit, out _);
}
