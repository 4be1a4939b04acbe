using Cnn.Campaigns.Fuzz.Checks;

namespace Cnn.Campaigns.Fuzz.Working;

/// <summary>What a process that reads inputs tells: lines of words with tabs between them.</summary>
internal static class WorkerLine
{
    private const string Read = "read", Refused = "refused", Fault = "fault";

    /// <summary>Returns the line of an outcome.</summary>
    public static string Of(InputOutcome outcome) => outcome.Fault is { } fault
        ? $"{Fault}\t{OneLine(outcome.Signature)}\t{OneLine(fault)}"
        : outcome.IsRead ? Read : Refused;

    /// <summary>Returns the outcome that a line tells.</summary>
    public static InputOutcome OutcomeOf(string line) => line.Split('\t') is [Fault, var signature, var fault]
        ? new InputOutcome(false, fault, signature)
        : new InputOutcome(line == Read);

    /// <summary>Returns a text without line ends and tabs.</summary>
    public static string OneLine(string text) => text.ReplaceLineEndings(" | ").Replace('\t', ' ');
}
