using Cnn.Proto;

namespace Cnn.Runner.Commands.Support;

/// <summary>The command that runs this program again, for the hints that it prints.</summary>
internal static class ProgramName
{
    private const string Name = "cnn";

    // Where `dotnet tool install` puts programs, beside what it puts on the path.
    private const string ToolStore = ".store";

    /// <summary>
    /// <c>cnn</c> when it is on the path, else the executable's path relative to the working directory.
    /// </summary>
    public static string Text { get; } = For(
        Environment.ProcessPath, Environment.GetEnvironmentVariable("PATH") ?? "", Environment.CurrentDirectory);

    /// <summary>Returns the command for an executable.</summary>
    /// <param name="executable">Its path, every link followed; null where the system does not tell.</param>
    /// <param name="searched">The folders in which the shell looks for programs, as <c>PATH</c> has them.</param>
    /// <param name="workingFolder">The working directory.</param>
    public static string For(string? executable, string searched, string workingFolder) =>
        executable is null
        || Path.GetFileNameWithoutExtension(executable) != Name
        || searched.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(f => LeadsTo(f, executable))
            ? Name
            : Path.GetRelativePath(workingFolder, executable);

    private static bool LeadsTo(string folder, string executable)
    {
        string store = Path.Join(folder, ToolStore) + Path.DirectorySeparatorChar;
        return executable.StartsWith(store, StringComparison.Ordinal)
            || PathText.Resolved(Path.Join(folder, Path.GetFileName(executable))) == executable;
    }
}
