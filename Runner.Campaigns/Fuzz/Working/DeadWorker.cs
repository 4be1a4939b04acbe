using Cnn.Campaigns.Fuzz.Checks;

namespace Cnn.Campaigns.Fuzz.Working;

/// <summary>What a process that did not survive an input tells by its end.</summary>
internal static class DeadWorker
{
    /// <summary>The exit code of a worker that found that an input hangs.</summary>
    public const int Hangs = 3;

    private const int LongestError = 600;

    /// <summary>Returns the outcome for an exit code and what the process wrote as its error.</summary>
    public static InputOutcome OutcomeOf(int exitCode, string error)
    {
        if (exitCode == Hangs)
        {
            return new InputOutcome(false, "hangs", "hang");
        }

        string[] lines = error.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string place = lines.FirstOrDefault(line => line.StartsWith("at Cnn.", StringComparison.Ordinal)) ?? "";
        string what = string.Join(" | ", lines);
        what = what.Length > LongestError ? what[..LongestError] : what;
        return new InputOutcome(false, $"the process dies with {exitCode}: {what}", $"dies {exitCode} {place}");
    }
}
