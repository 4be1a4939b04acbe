namespace Cnn.Layers;

/// <summary>
/// The passes that a process computes of all passes: of each <paramref name="Period"/> passes, those from
/// <paramref name="First"/> on, <paramref name="Count"/> of them.
/// </summary>
/// <param name="Period">The passes that are shared out at a time, 1 or more.</param>
/// <param name="First">The first of them that is this process's, from 0.</param>
/// <param name="Count">How many are this process's, 1 or more.</param>
public readonly record struct PassShare(int Period, int First, int Count)
{
    /// <summary>Every pass.</summary>
    public static PassShare All => new(1, 0, 1);

    /// <summary>Returns whether a pass is one of them.</summary>
    public bool Has(long pass) => pass % Period >= First && pass % Period < First + Count;

    /// <summary>
    /// Returns the number of a pass among those of this process, from 0; the pass must be one of them.
    /// </summary>
    public long NumberOf(long pass) => (pass / Period * Count) + (pass % Period) - First;

    /// <summary>Returns the pass of a number; see <see cref="NumberOf"/>.</summary>
    public long PassOf(long number) => (number / Count * Period) + (number % Count) + First;

    /// <summary>Returns the number of the first of this process's passes that does not come before a pass.</summary>
    internal long NumberFrom(long pass)
    {
        long place = pass % Period;
        place = place < 0 ? place + Period : place;
        return ((pass - place) / Period * Count) + Math.Clamp(place - First, 0, Count);
    }
}
