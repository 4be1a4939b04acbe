using System.Text;
using Cnn.Proto;

namespace Cnn.Runner.Starters;

/// <summary>Writes the files of a starter into a folder: all of them, or none.</summary>
internal static class StarterWriter
{
    /// <summary>Writes files, and creates the folder if necessary.</summary>
    /// <param name="files">The files.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="overwrites">Whether files that exist are replaced.</param>
    /// <returns>The paths of the files.</returns>
    /// <exception cref="CnnException">
    /// A file exists and must not be replaced, or cannot be written; the folder is as it was.
    /// </exception>
    public static IReadOnlyList<string> Write(IReadOnlyList<StarterFile> files, string folder, bool overwrites)
    {
        PathText.Require(folder);
        string[] paths = [.. files.Select(file => Path.Combine(folder, file.Name))];
        string[] existing = [.. paths.Where(Path.Exists)];
        if (existing.Length > 0 && !overwrites)
        {
            throw new CnnException(
                [.. existing.Select(path => new Diagnostic(
                    $"'{path}' exists already", Hint: "--force replaces it, --to names another folder"))]);
        }

        var undo = new Stack<Action>();
        try
        {
            CreateFolder(folder, undo);
            for (int i = 0; i < paths.Length; i++)
            {
                WriteFile(paths[i], files[i].Text, undo);
            }

            return paths;
        }
        catch
        {
            while (undo.TryPop(out Action? step))
            {
                Try(step);
            }

            throw;
        }
    }

    private static void Try(Action step)
    {
        try
        {
            step();
        }
        catch (Exception exception) when (exception is CnnException or IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to report.
        }
    }

    private static void CreateFolder(string folder, Stack<Action> undo)
    {
        var created = new Stack<string>();
        for (string? path = Path.GetFullPath(folder); path is not null && !Directory.Exists(path);)
        {
            created.Push(path);
            path = Path.GetDirectoryName(path);
        }

        try
        {
            while (created.TryPop(out string? path))
            {
                OutputFolder.Create(path);
                undo.Push(() => Directory.Delete(path));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CnnException(
                $"the folder '{folder}' cannot be created: {FileErrors.Reason(exception)}",
                "--to names another folder",
                exception)
            {
                IsOfTheMachine = FileErrors.IsOfTheMachine(exception),
            };
        }
    }

    private static void WriteFile(string path, string text, Stack<Action> undo)
    {
        byte[]? before = File.Exists(path) ? FileText.ReadBytes(path) : null;
        Put(path, Encoding.UTF8.GetBytes(text));
        undo.Push(before is null ? () => File.Delete(path) : () => Put(path, before));
    }

    private static void Put(string path, byte[] content) => AtomicFile.Write(path, stream => stream.Write(content));
}
