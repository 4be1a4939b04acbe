namespace Cnn.Runner.Reports;

/// <summary>What a number was at iterations of a run.</summary>
/// <param name="name">What it is called.</param>
/// <param name="isLoss">Whether it is a loss, or a part of one.</param>
internal sealed class Curve(string name, bool isLoss)
{
    private readonly List<double> iterations = [];
    private readonly List<double> values = [];

    /// <summary>What it is called.</summary>
    public string Name { get; } = name;

    /// <summary>Whether it is a loss, or a part of one.</summary>
    public bool IsLoss { get; } = isLoss;

    /// <summary>The iterations, rising.</summary>
    public IReadOnlyList<double> Iterations => iterations;

    /// <summary>The value at each.</summary>
    public IReadOnlyList<double> Values => values;

    /// <summary>
    /// Takes a value. A run that was resumed tells again what it had told before the point it went on from: the later
    /// value counts. An output of several values counts with its first.
    /// </summary>
    public void Add(double iteration, double value)
    {
        if (iterations.Count > 0 && iterations[^1] == iteration)
        {
            return;
        }

        int keep = iterations.Count;
        while (keep > 0 && iterations[keep - 1] >= iteration)
        {
            keep--;
        }

        iterations.RemoveRange(keep, iterations.Count - keep);
        values.RemoveRange(keep, values.Count - keep);
        if (double.IsFinite(value))
        {
            iterations.Add(iteration);
            values.Add(value);
        }
    }
}
