using Cnn.Campaigns.Processes;

namespace Cnn.Campaigns.SystemErrors;

/// <summary>Holds what a command left after a failed call against what is promised.</summary>
/// <param name="scenario">The command.</param>
/// <param name="point">What failed.</param>
/// <param name="hasFailed">Whether the call was made at all.</param>
/// <param name="reference">What the command leaves when nothing fails.</param>
/// <param name="result">What it left.</param>
internal sealed class FaultCheck(
    Scenario scenario, FaultPoint point, bool hasFailed, Reference reference, ProcessResult result)
{
    private static readonly string[] NotForPeople =
        ["   at ", "Unhandled", "Exception", "a fault of the program", "unknown error"];

    /// <summary>Returns what is wrong, each in a few words.</summary>
    public IEnumerable<string> Of(FolderState before, FolderState after) =>
        Ending().Concat(Files(before, after)).Concat(Rest(before, after));

    private IEnumerable<string> Ending()
    {
        if (result.ExitCode is not (0 or 1 or 2))
        {
            yield return "the exit code is none of 0, 1 and 2";
        }

        if (NotForPeople.FirstOrDefault(result.Error.Contains) is { } words)
        {
            yield return $"the error is not for people: '{words.Trim()}'";
        }

        if (result.ExitCode != 0 && (point.Failure.IsHarmless || !hasFailed))
        {
            yield return "the command should have gone on";
        }

        if (result.ExitCode != 0 && !NamesFile())
        {
            yield return "the error does not name the file";
        }

        if (result.ExitCode == 0 && hasFailed && IsLost())
        {
            yield return "the command succeeded though the file may not be on the disk";
        }

        if (result.ExitCode != 0 && !scenario.GoesOn && Errors() > 1)
        {
            yield return "there is more than one error";
        }

        if (result.ExitCode == 0 && scenario.HasStableText && !IsLeftOut() && result.Output != reference.Result.Output)
        {
            yield return "the command succeeded with other results";
        }
    }

    // What is not essential, such as a log, may be lost with a warning.
    private bool IsLost() =>
        point.Call is "fsync" or "fdatasync"
        && !point.Failure.IsHarmless
        && !IsLoose(WatchedPaths.FinalName(point.Path));

    // A file that cannot be read is told and left out of the results.
    private bool IsLeftOut() => scenario.GoesOn && NamesFile();

    private int Errors() => result.Error.Split('\n').Count(l => l.StartsWith("cnn: ", StringComparison.Ordinal));

    private bool NamesFile()
    {
        // What is wrong with a file that is looked at is a result.
        string told = scenario.GoesOn ? result.Error + result.Output : result.Error;
        string[] parts = WatchedPaths.FinalName(point.Path).Split('/');
        return parts[^1] is "cnn-probe"
            ? result.Error.Contains("cannot be written", StringComparison.Ordinal)
            : parts.Concat(scenario.OtherNames).Any(p => told.Contains(p, StringComparison.Ordinal));
    }

    private IEnumerable<string> Files(FolderState before, FolderState after)
    {
        foreach (string output in scenario.Outputs)
        {
            bool isOld = after.Agrees(before, output), isNew = IsWhole(after, output) || IsLeftOut();
            if (result.ExitCode == 0 ? !isNew : !isOld && !isNew && after.Has(output))
            {
                yield return $"'{output}' is neither as it was nor as it should be";
            }
            else if (result.ExitCode != 0 && !isOld && !(isNew && (scenario.KeepsDone || scenario.GoesOn)))
            {
                yield return $"'{output}' has changed though the command failed";
            }
        }
    }

    private bool IsWhole(FolderState after, string output) =>
        after.Agrees(reference.Files, output)
        || (scenario.Dated.Contains(output) && after.IsAsLong(reference.Files, output));

    private IEnumerable<string> Rest(FolderState before, FolderState after)
    {
        foreach (string input in before.Names.Except(scenario.Outputs))
        {
            if (!after.Agrees(before, input) && !IsLoose(input))
            {
                yield return $"the input '{input}' is not as it was";
            }
        }

        bool mayStay = point.Call is "unlink" or "rmdir" or "unlinkat";
        foreach (string name in after.Names.Except(before.Names).Except(scenario.Outputs))
        {
            if (!(mayStay || IsLoose(name) || IsFolderOfOutput(name)))
            {
                yield return $"'{name}' was left behind";
            }
        }
    }

    private bool IsLoose(string name) => Array.Exists(
        scenario.Loose,
        l => name.StartsWith(l, StringComparison.Ordinal) || l.StartsWith(name, StringComparison.Ordinal));

    private bool IsFolderOfOutput(string name) =>
        name.EndsWith('/') && scenario.Outputs.Any(o => o.StartsWith(name, StringComparison.Ordinal))
        && (result.ExitCode == 0 || scenario.KeepsDone);
}
