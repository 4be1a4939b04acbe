namespace Cnn.Runner.Commands.Support;

/// <summary>The command that runs this program again, for the hints that it prints.</summary>
internal static class ProgramName
{
    /// <summary>
    /// <c>cnn</c> when it is on the path, else the executable's path relative to the working directory.
    /// </summary>
    public static string Text { get; } = Find();

    private static string Find()
    {
        string? path = Environment.ProcessPath;
        if (path is null || Path.GetFileNameWithoutExtension(path) != "cnn")
        {
            return "cnn";
        }

        string folder = Path.GetDirectoryName(path)!;
        string[] searched = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return searched.Contains(folder) ? "cnn" : Path.GetRelativePath(Environment.CurrentDirectory, path);
    }
}
