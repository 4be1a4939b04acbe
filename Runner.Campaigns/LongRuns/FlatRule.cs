using System.Globalization;

namespace Cnn.Campaigns.LongRuns;

/// <summary>
/// When a quantity counts as flat over a run: the median of the last fifth of its samples is at most a share and a
/// constant above the median of the second fifth. The first fifth is the start: code is compiled, buffers and pools
/// find their sizes.
/// </summary>
/// <param name="Name">The quantity.</param>
/// <param name="Share">What it may grow by, of its size.</param>
/// <param name="More">What it may grow by besides.</param>
internal sealed record FlatRule(string Name, double Share, double More)
{
    /// <summary>The least number of samples: four a fifth.</summary>
    public const int LeastSamples = 20;

    /// <summary>Memory: 5 % and 8 MB.</summary>
    public static FlatRule Memory { get; } = new("bytes of memory", 0.05, 8 << 20);

    /// <summary>Open files, which come and go with a snapshot or a request.</summary>
    public static FlatRule Handles { get; } = new("handles", 0, 3);

    /// <summary>Threads: the runtime's own pool grows and shrinks by some.</summary>
    public static FlatRule Threads { get; } = new("threads", 0, 3);

    /// <summary>Returns what is wrong with the samples of a run; empty where all three are flat.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="isShort">
    /// Whether the run lasts seconds, in which code is still being compiled: memory may grow by 64 MB.
    /// </param>
    public static IEnumerable<string> Broken(IReadOnlyList<ProcessSample> samples, bool isShort = false)
    {
        FlatRule memory = isShort ? Memory with { More = 64 << 20 } : Memory;
        string?[] broken =
        [
            memory.Broken([.. samples.Select(s => (double)s.Bytes)]),
            Handles.Broken([.. samples.Select(s => (double)s.Handles)]),
            Threads.Broken([.. samples.Select(s => (double)s.Threads)]),
        ];
        return broken.OfType<string>();
    }

    /// <summary>Returns what is wrong with the values, in the order of time; null where they are flat.</summary>
    public string? Broken(IReadOnlyList<double> values)
    {
        if (values.Count < LeastSamples)
        {
            return $"only {values.Count} samples of {Name}, of {LeastSamples}";
        }

        int fifth = values.Count / 5;
        double before = Median(values.Skip(fifth).Take(fifth)), after = Median(values.TakeLast(fifth));
        double most = (before * (1 + Share)) + More;
        return after <= most
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Name} grow: {before:N0} in the second fifth, {after:N0} in the last, at most {most:N0} "
                + $"of {values.Count} samples");
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
