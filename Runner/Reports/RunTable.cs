using System.Globalization;
using System.Text;
using Cnn.Engine.Runs;
using Cnn.Proto;

namespace Cnn.Runner.Reports;

/// <summary>The runs of a folder as a table: what differs between their settings, and their scores.</summary>
internal sealed class RunTable
{
    private const string NoValue = "-", Gap = "  ";

    // They name files, and differ in every run.
    private static readonly string[] SettingsOfFiles = ["run", "snapshot_prefix"];

    private readonly string folder;

    private RunTable(string folder, IReadOnlyList<RunSummary> runs) => (this.folder, Runs) = (folder, runs);

    /// <summary>The runs, the earliest first.</summary>
    public IReadOnlyList<RunSummary> Runs { get; }

    /// <summary>Reads the runs of a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="warn">Takes the warnings of what cannot be read.</param>
    /// <exception cref="CnnException">It cannot be read or has none.</exception>
    public static RunTable Read(string folder, Action<Diagnostic> warn)
    {
        IReadOnlyList<RunSummary> runs = RunFolder.List(folder, warn, SystemClock.Time);
        return runs.Count > 0 ? new RunTable(folder, runs) : throw new CnnException(
            $"there is no run in '{folder}' that can be read", "'cnn train --run FOLDER' writes one");
    }

    /// <summary>
    /// Returns the table. Where it is wider than a terminal, it continues below with the names of the runs anew.
    /// </summary>
    /// <param name="width">The number of columns of the terminal.</param>
    public string Describe(int width)
    {
        string[] names = ["run", .. Runs.Select(NameOf)];
        var text = new StringBuilder();
        var parts = new List<Column> { new(names, false) };
        foreach (Column[] group in Groups())
        {
            int together = parts.Concat(group).Sum(c => c.Width + Gap.Length) - Gap.Length;
            if (parts.Count > 1 && together > width)
            {
                Append(text, parts);
                parts.RemoveRange(1, parts.Count - 1);
            }

            parts.AddRange(group);
        }

        Append(text, parts);
        foreach (RunSummary run in Runs.Where(r => r.Failure.Length > 0))
        {
            text.Append($"\n{NameOf(run)} failed: {run.Failure}\n");
        }

        return text.ToString();
    }

    /// <summary>Returns the name of a run in the table: its path below the folder.</summary>
    public string NameOf(RunSummary run) =>
        Path.GetRelativePath(folder, run.Folder) is var path && path != "." ? path : run.Name;

    // The columns by importance; those of a group stay together.
    private IEnumerable<Column[]> Groups()
    {
        yield return [Of("state", r => r.State.ToString().ToLowerInvariant())];
        yield return [Of(">iterations", Iterations)];
        yield return [Of(">time", r => TimeText.Clock(r.Duration))];
        foreach (string setting in Differing())
        {
            yield return [Of(setting, r => ValueOf(r, setting))];
        }

        foreach (string score in Scores())
        {
            yield return
            [
                Of(">" + score, r => Number(Find(r, score)?.Last)),
                Of(">best", r => Number(Find(r, score)?.Best)),
                Of(">at", r => Whole(Find(r, score)?.Best?.Iteration)),
            ];
        }
    }

    private Column Of(string header, Func<RunSummary, string> cell) =>
        new([header.TrimStart('>'), .. Runs.Select(cell)], header[0] == '>');

    private IEnumerable<string> Differing() =>
        Runs.SelectMany(r => r.Info.Settings.Select(s => s.Name))
            .Prepend("net")
            .Distinct()
            .Where(n => !SettingsOfFiles.Contains(n) && Runs.Select(r => ValueOf(r, n)).Distinct().Count() > 1);

    // A net that is named as a setting, by its file, counts more than its own name.
    private static string ValueOf(RunSummary run, string setting) =>
        run.Info.Settings.FirstOrDefault(s => s.Name == setting)?.Value
        ?? (setting == "net" && run.Info.Net.Length > 0 ? run.Info.Net : NoValue);

    // Test scores, then the loss of training: the smoothed one where there is one.
    private IEnumerable<string> Scores()
    {
        string[] all = [.. Runs.SelectMany(r => r.Scores.Select(s => s.Name)).Distinct()];
        string[] losses = [CurveNames.SmoothedLoss, CurveNames.Loss];
        return all.Where(n => n.StartsWith("test", StringComparison.Ordinal))
            .Concat(losses.Where(n => all.Contains(n)).Take(1));
    }

    private static RunScore? Find(RunSummary run, string score) => run.Scores.FirstOrDefault(s => s.Name == score);

    private static string Iterations(RunSummary run) => run.Iteration < run.Info.MaxIterations
        ? $"{Whole(run.Iteration)} of {Whole(run.Info.MaxIterations)}"
        : Whole(run.Iteration);

    private static string Whole(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? NoValue;

    private static string Number(RunPoint? point) =>
        point is { } value ? value.Value.ToString("G4", CultureInfo.InvariantCulture) : NoValue;

    private static void Append(StringBuilder text, List<Column> columns)
    {
        if (text.Length > 0)
        {
            text.Append('\n');
        }

        for (int row = 0; row < columns[0].Cells.Length; row++)
        {
            IEnumerable<string> cells = columns.Select(
                c => c.IsRight ? c.Cells[row].PadLeft(c.Width) : c.Cells[row].PadRight(c.Width));
            text.Append(string.Join(Gap, cells).TrimEnd()).Append('\n');
        }
    }

    private sealed record Column(string[] Cells, bool IsRight)
    {
        public int Width { get; } = Cells.Max(c => c.Length);
    }
}
