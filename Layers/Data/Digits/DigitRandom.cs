using Cnn.Fillers;

namespace Cnn.Layers.Data.Digits;

/// <summary>
/// The random numbers of one image. They use only integer and exactly rounded arithmetic, so that the images are the
/// same on every machine.
/// </summary>
internal struct DigitRandom(ulong key, ulong image)
{
    private (uint A, uint B, uint C, uint D) words;
    private ulong block;
    private int used = 4;

    /// <summary>Returns a whole number from 0 to <paramref name="limit"/> - 1.</summary>
    public int Next(int limit) => (int)(((ulong)Word() * (ulong)limit) >> 32);

    /// <summary>Returns a number between two others.</summary>
    public float Between(float low, float high) => low + ((high - low) * ((Word() >> 8) * (1f / (1 << 24))));

    /// <summary>
    /// Returns an approximately normal number of mean 0 and standard deviation 1: the sum of four uniform numbers, so
    /// never beyond 3.5.
    /// </summary>
    public float Normal()
    {
        uint a = Word(), b = Word();
        uint sum = (a & 0xFFFF) + (a >> 16) + (b & 0xFFFF) + (b >> 16);
        return ((sum * (1f / 65536)) - 2) * 1.7320508f;
    }

    private uint Word()
    {
        if (used == 4)
        {
            words = PhiloxRandom.Block(key, block++, image);
            used = 0;
        }

        return used++ switch { 0 => words.A, 1 => words.B, 2 => words.C, _ => words.D };
    }
}
