using System.Text;
using System.Text.RegularExpressions;
using Cnn.Campaigns.Crash.Disks;
using Cnn.Campaigns.Processes;

namespace Cnn.Campaigns.Crash.Commands;

/// <summary>A command that writes files, which is crashed.</summary>
/// <param name="Name">A name for files and findings.</param>
/// <param name="Arguments">The command line; <c>@</c> stands for the folder it runs in.</param>
/// <param name="Targets">What it writes: files, or folders that appear as a whole.</param>
internal record CommandScenario(string Name, string[] Arguments, params string[] Targets)
{
    /// <summary>The bytes that a target has before; null where nothing may be there.</summary>
    public byte[]? Old { get; init; }

    /// <summary>Whether the command appends to its target as it goes on, instead of writing it as a whole.</summary>
    public bool Appends { get; init; }

    /// <summary>Names under a target that may stay after a crash.</summary>
    public string MayStay { get; init; } = "";

    /// <summary>What differs between two runs of the command in its files, such as a time; null for nothing.</summary>
    public Regex? Varies { get; init; }

    /// <summary>Whether two files, or folders, are the same but for what differs between two runs.</summary>
    public bool AreSame(byte[]? one, byte[]? other) =>
        FolderContent.AreSame(Constant(one), Constant(other));

    /// <summary>Runs the command in a process of its own.</summary>
    /// <param name="folder">The folder it runs in.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="before">The words of a program that starts it.</param>
    public virtual ProcessResult Run(string folder, TimeSpan limit, IReadOnlyList<string> before) =>
        CnnRun.Finish(folder, limit, ArgumentsIn(folder), before);

    /// <summary>Runs the command in this process.</summary>
    /// <param name="folder">The folder it runs in.</param>
    public virtual ProcessResult RunHere(string folder) => CnnRun.Here(ArgumentsIn(folder));

    /// <summary>Writes what is there before the command.</summary>
    public void Write(string folder, SortedDictionary<string, byte[]?> inputs)
    {
        FolderContent.Write(folder, inputs);

        // A layer's file is looked for from the working folder, which in this process is another one.
        foreach (string definition in Directory.EnumerateFiles(folder, "*.prototxt"))
        {
            File.WriteAllText(definition, Replaced(File.ReadAllText(definition), folder));
        }

        if (Old is not null)
        {
            foreach (string target in Targets)
            {
                File.WriteAllBytes(Path.Combine(folder, target), Old);
            }
        }
    }

    private string[] ArgumentsIn(string folder) => [.. Arguments.Select(argument => Replaced(argument, folder))];

    private byte[]? Constant(byte[]? bytes) => bytes is null || Varies is null
        ? bytes
        : Encoding.Latin1.GetBytes(Varies.Replace(Encoding.Latin1.GetString(bytes), ""));

    private static string Replaced(string text, string folder) =>
        text.Replace("@", folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
