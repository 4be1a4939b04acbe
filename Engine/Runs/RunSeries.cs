namespace Cnn.Engine.Runs;

/// <summary>
/// Things of a run that are too large to keep all: of many the first, the last and some evenly between.
/// </summary>
/// <typeparam name="T">What they are.</typeparam>
public sealed class RunSeries<T>
{
    private readonly List<(long Iteration, T Value)> items = [];
    private readonly int capacity;

    // Every step-th item is kept. The newest one is kept, too; the next item replaces it unless its number was due.
    private long step = 1;
    private long added;
    private bool lastIsSpare;

    /// <summary>Creates an empty series.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="capacity">How many are kept at most, the last one aside; 1 or more.</param>
    public RunSeries(string name, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        (Name, this.capacity) = (name, capacity);
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What is kept, by rising iteration.</summary>
    public IReadOnlyList<(long Iteration, T Value)> Items => items;

    /// <summary>Adds one; it replaces what is there from its iteration on.</summary>
    public void Add(long iteration, T value)
    {
        RemoveFrom(iteration);
        if (lastIsSpare)
        {
            items.RemoveAt(items.Count - 1);
        }

        items.Add((iteration, value));
        lastIsSpare = added++ % step != 0;
        if (!lastIsSpare && items.Count > capacity)
        {
            Thin();
        }
    }

    /// <summary>Removes what is there from an iteration on.</summary>
    public void RemoveFrom(long iteration)
    {
        int keep = items.Count;
        while (keep > 0 && items[keep - 1].Iteration >= iteration)
        {
            keep--;
        }

        if (keep < items.Count)
        {
            items.RemoveRange(keep, items.Count - keep);
            (lastIsSpare, added) = (false, keep * step);
        }
    }

    /// <summary>Returns a series of its own with the same items.</summary>
    public RunSeries<T> Copy()
    {
        var copy = new RunSeries<T>(Name, capacity) { step = step, added = added, lastIsSpare = lastIsSpare };
        copy.items.AddRange(items);
        return copy;
    }

    // Keeps every second one, and the last.
    private void Thin()
    {
        var last = items[^1];
        lastIsSpare = items.Count % 2 == 0;
        int kept = 0;
        for (int i = 0; i < items.Count; i += 2)
        {
            items[kept++] = items[i];
        }

        items.RemoveRange(kept, items.Count - kept);
        if (lastIsSpare)
        {
            items.Add(last);
        }

        step *= 2;
    }
}
