using Cnn.Engine.Runs;
using Cnn.Proto;

namespace Cnn.Campaigns.Crash.Training;

/// <summary>Compares the folder of a run with that of a run that never stopped.</summary>
internal static class RunChecks
{
    private static readonly string[] Curves = ["train/loss", "test/loss", "test/accuracy"];

    /// <summary>Reads the figures of a run that has ended.</summary>
    /// <exception cref="InvalidDataException">A file of the run is damaged, or it has not ended.</exception>
    public static IReadOnlyList<string> Read(string folder)
    {
        var warnings = new List<Diagnostic>();
        RunRecord record = RunFolder.Read(folder, warnings.Add);

        // Events are for other programs; they end with the last record that was flushed.
        warnings.RemoveAll(w => w.ToString().Contains("events.out", StringComparison.Ordinal));
        if (warnings.Count > 0 || record.State != RunState.Completed)
        {
            throw new InvalidDataException(
                $"the run is {record.State}: {string.Join("; ", warnings.Select(w => w.ToString()))}");
        }

        return
        [
            .. Curves.SelectMany(name => record.TryFind(name, out RunCurve? curve)
                ? curve.Points.Select(p => $"{name} {p.Iteration}: {p.Value:R}")
                : []),
        ];
    }

    /// <summary>Returns what is wrong with the figures of a run that was resumed; null for nothing.</summary>
    public static string? AtEnd(string folder, IReadOnlyList<string> straight)
    {
        try
        {
            IReadOnlyList<string> figures = Read(folder);
            string? missing = straight.FirstOrDefault(f => !figures.Contains(f));
            return missing is not null ? $"the figure '{missing}' is missing"
                : figures.Count != straight.Count ? $"there are {figures.Count} figures, not {straight.Count}"
                : null;
        }
        catch (InvalidDataException wrong)
        {
            return wrong.Message;
        }
    }
}
