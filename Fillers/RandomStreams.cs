using System.Text;

namespace Cnn.Fillers;

/// <summary>
/// The random numbers of a run, a pure function of (seed, layer name, purpose, iteration). Two streams that differ in
/// any of these are independent; the same four give the same numbers on every machine and in every resumed run.
/// </summary>
/// <param name="Seed">The solver's seed.</param>
public sealed record RandomStreams(long Seed)
{
    /// <summary>Returns the key of a layer's draws for one purpose, such as "blob 0", "mask" or "crop".</summary>
    public ulong Key(string layer, string purpose)
    {
        // FNV-1a over the names picks a counter; the cipher over that counter, keyed by the seed, gives the key.
        ulong hash = 14695981039346656037;
        foreach (byte b in Encoding.UTF8.GetBytes(layer + "\0" + purpose))
        {
            hash = (hash ^ b) * 1099511628211;
        }

        var (a, b0, _, _) = PhiloxRandom.Block((ulong)Seed, hash, 0x436E6E);
        return ((ulong)a << 32) | b0;
    }

    /// <summary>Creates a generator at the start of the draws of one iteration.</summary>
    public PhiloxRandom Create(string layer, string purpose, long iteration = 0) =>
        new(Key(layer, purpose), (ulong)iteration);
}
