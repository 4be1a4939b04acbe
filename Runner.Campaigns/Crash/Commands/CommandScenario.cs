using Cnn.Campaigns.Crash.Disks;

namespace Cnn.Campaigns.Crash.Commands;

/// <summary>A command that writes files, which is crashed.</summary>
/// <param name="Name">A name for files and findings.</param>
/// <param name="Arguments">The command line; <c>@</c> stands for the folder it runs in.</param>
/// <param name="Targets">What it writes: files, or folders that appear as a whole.</param>
internal sealed record CommandScenario(string Name, string[] Arguments, params string[] Targets)
{
    /// <summary>The bytes that a target has before; null where nothing may be there.</summary>
    public byte[]? Old { get; init; }

    /// <summary>Whether the command appends to its target as it goes on, instead of writing it as a whole.</summary>
    public bool Appends { get; init; }

    /// <summary>Names under a target that may stay after a crash.</summary>
    public string MayStay { get; init; } = "";

    /// <summary>Returns the command line in a folder.</summary>
    public string[] ArgumentsIn(string folder) =>
        [.. Arguments.Select(argument => Replaced(argument, folder))];

    /// <summary>Writes what is there before the command.</summary>
    public void Write(string folder, SortedDictionary<string, byte[]?> inputs)
    {
        FolderContent.Write(folder, inputs);

        // A layer's file is looked for from the working folder, which in this process is another one.
        string net = Path.Combine(folder, "output.prototxt");
        File.WriteAllText(net, Replaced(File.ReadAllText(net), folder));
        if (Old is not null)
        {
            foreach (string target in Targets)
            {
                File.WriteAllBytes(Path.Combine(folder, target), Old);
            }
        }
    }

    private static string Replaced(string text, string folder) =>
        text.Replace("@", folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
