namespace Cnn.Engine.Runs;

/// <summary>Things of a run that are too large to keep all: of many the first, the last and some evenly between.</summary>
/// <typeparam name="T">What they are.</typeparam>
public sealed class RunSeries<T>
{
    private readonly List<(long Iteration, T Value)> items = [];
    private readonly int capacity;
    private long step = 1;
    private long added;

    /// <summary>Creates an empty series.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="capacity">How many are kept at most, the last one aside; 1 or more.</param>
    public RunSeries(string name, int capacity) => (Name, this.capacity) = (name, capacity);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What is kept, by rising iteration.</summary>
    public IReadOnlyList<(long Iteration, T Value)> Items => items;

    /// <summary>Adds one; it replaces what is there from its iteration on.</summary>
    public void Add(long iteration, T value)
    {
        while (items.Count > 0 && items[^1].Iteration >= iteration)
        {
            items.RemoveAt(items.Count - 1);
        }

        // The last one gives way to the next unless its turn was one to keep.
        if (items.Count > 0 && added > 0 && (added - 1) % step != 0)
        {
            items.RemoveAt(items.Count - 1);
        }

        items.Add((iteration, value));
        added++;
        if (items.Count > capacity + 1)
        {
            int kept = 0;
            for (int i = 0; i < items.Count; i += 2)
            {
                items[kept++] = items[i];
            }

            items.RemoveRange(kept, items.Count - kept);
            step *= 2;
        }
    }

    /// <summary>Returns a series of its own with the same items.</summary>
    public RunSeries<T> Copy()
    {
        var copy = new RunSeries<T>(Name, capacity) { step = step, added = added };
        copy.items.AddRange(items);
        return copy;
    }
}
