namespace Cnn.Runner.Reports;

/// <summary>The values of a quantity at iterations of a run.</summary>
/// <param name="name">Its name.</param>
/// <param name="isLoss">Whether it is a loss, or a part of one.</param>
internal sealed class Curve(string name, bool isLoss)
{
    private readonly List<double> iterations = [];
    private readonly List<double> values = [];

    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Whether it is a loss, or a part of one.</summary>
    public bool IsLoss { get; } = isLoss;

    /// <summary>The iterations, in rising order.</summary>
    public IReadOnlyList<double> Iterations => iterations;

    /// <summary>The value at each iteration.</summary>
    public IReadOnlyList<double> Values => values;

    /// <summary>
    /// Adds a value. A resumed run logs again what was logged after its snapshot: the later value counts. Of an output
    /// with several values, the first counts.
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

    /// <summary>Returns the error in per cent of an accuracy.</summary>
    public Curve AsError()
    {
        var error = new Curve(Name, isLoss: true);
        for (int i = 0; i < values.Count; i++)
        {
            error.Add(iterations[i], 100 * (1 - values[i]));
        }

        return error;
    }
}
