namespace Cnn.Proto;

/// <summary>How many values may still be read, so that aliases of aliases cannot expand without end.</summary>
/// <param name="nodes">The values that are written.</param>
internal sealed class YamlBudget(int nodes)
{
    /// <summary>How many values aliases may expand to beyond those that are written.</summary>
    public const int MaxExpanded = 250_000;

    private long left = (long)nodes + MaxExpanded;

    /// <summary>Adds the values of another file.</summary>
    public void Add(int written) => left += written;

    /// <summary>Takes one value; returns whether there was one.</summary>
    public bool Spend() => --left > 0;
}
