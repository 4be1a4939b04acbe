using System.Globalization;
using Cnn.Campaigns.Processes;
using Cnn.Campaigns.Running;

namespace Cnn.Campaigns.SystemErrors.Memory;

/// <summary>
/// Commands under limits of the managed heap that leave too little for what they read or compute. The memory of a
/// container sets such a limit too.
/// </summary>
internal static class MemoryCases
{
    // Below, the runtime itself does not start, or ends without a word.
    private const int LeastMegabytes = 32;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static readonly string[] NotForPeople =
        ["   at ", "Unhandled", "Exception", "a fault of the program", "unknown error"];

    /// <summary>Runs the cases.</summary>
    public static void Run(PartRun run)
    {
        using var files = new MemoryFiles();
        run.Cases(one => RunOne(one, files));
    }

    /// <summary>Runs one case.</summary>
    public static void RunOne(CampaignCase one, MemoryFiles files)
    {
        MemoryScenario scenario = MemoryScenario.All[(int)(one.Number % MemoryScenario.All.Count)];
        double ratio = (double)scenario.Megabytes / LeastMegabytes;
        int limit = (int)(LeastMegabytes * Math.Pow(ratio, one.Random.NextDouble()));
        using TemporaryFolder folder = files.Copy();
        FolderState before = FolderState.Of(folder.Path);
        ProcessResult result = CnnRun.Finish(
            folder.Path,
            Limit,
            scenario.Arguments,
            ["env", string.Create(CultureInfo.InvariantCulture, $"DOTNET_GCHeapHardLimit=0x{limit << 20:X}")]);
        one.Count(result.ExitCode == 0 ? "that had enough" : "that had too little");
        foreach (string wrong in Wrong(scenario, result, before, FolderState.Of(folder.Path)))
        {
            string told = result.Output + result.Error, error = told.Length > 1000 ? told[^1000..] : told;
            one.Find($"{scenario.Name} in {limit} MB: {wrong} [exit code {result.ExitCode}: {error.Trim()}]");
        }
    }

    private static IEnumerable<string> Wrong(
        MemoryScenario scenario, ProcessResult result, FolderState before, FolderState after)
    {
        if (result.ExitCode is not (0 or 1 or 2))
        {
            yield return "the exit code is none of 0, 1 and 2";
        }

        if (NotForPeople.FirstOrDefault(result.Error.Contains) is { } words)
        {
            yield return $"the error is not for people: '{words.Trim()}'";
        }

        if (result.ExitCode != 0 && !TellsWhat(result.Error + result.Output))
        {
            yield return "the error does not tell what there is no memory for";
        }

        if (before.Names.FirstOrDefault(n => !after.Agrees(before, n)) is { } changed)
        {
            yield return $"'{changed}' is not as it was";
        }

        foreach (string name in after.Names.Except(before.Names))
        {
            // A training may write the weights and then find no memory for the state.
            if (!scenario.Outputs.Contains(name) && !(result.ExitCode == 0 && name.Contains("_iter_")))
            {
                yield return $"'{name}' was left behind";
            }
        }
    }

    private static bool TellsWhat(string error)
    {
        string? line = error.Split('\n').FirstOrDefault(l => l.Contains("memory", StringComparison.Ordinal)
            && !l.Contains("Memory required", StringComparison.Ordinal));
        return line is not null && (line.Contains("layer '", StringComparison.Ordinal)
            || line.Contains("cannot read", StringComparison.Ordinal)
            || line.Contains("cannot write", StringComparison.Ordinal)
            || line.Contains(" bytes", StringComparison.Ordinal)
            || line.Contains("memory for its pixels", StringComparison.Ordinal)
            || MemoryScenario.All.SelectMany(s => s.Arguments).Any(a => a.Contains('.') && line.Contains(a)));
    }
}
