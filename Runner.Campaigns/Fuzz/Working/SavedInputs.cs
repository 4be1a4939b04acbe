using Cnn.Campaigns.Fuzz.Checks;
using Cnn.Campaigns.Running;

namespace Cnn.Campaigns.Fuzz.Working;

/// <summary>The inputs that broke the promise, as files that are named after the round and what is wrong.</summary>
internal static class SavedInputs
{
    private const string Folder = "findings";

    /// <summary>Keeps an input; returns its file, or null where one of the same fault is kept.</summary>
    public static string? Save(string folder, string round, byte[] input, InputOutcome outcome)
    {
        string findings = Directory.CreateDirectory(Path.Combine(folder, Folder)).FullName;
        string name = $"-{PartRun.Hash(outcome.Signature):x16}.input";
        if (Directory.EnumerateFiles(findings, "*" + name).Any())
        {
            return null;
        }

        string file = Path.Combine(findings, round + name);
        File.WriteAllBytes(file, input);
        return file;
    }

    /// <summary>Returns all files.</summary>
    public static IReadOnlyList<string> All(string folder) => Of(folder, "*");

    /// <summary>Returns the files of a round.</summary>
    public static IReadOnlyList<string> Of(string folder, string round)
    {
        string findings = Path.Combine(folder, Folder);
        return Directory.Exists(findings)
            ? [.. Directory.EnumerateFiles(findings, round + "-*.input").Order(StringComparer.Ordinal)]
            : [];
    }
}
