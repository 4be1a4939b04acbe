using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto;

/// <summary>Opens and reads files with errors for people.</summary>
public static class FileText
{
    /// <summary>All bytes of a file.</summary>
    /// <exception cref="CnnException">It does not exist, is a folder, is too large or cannot be read.</exception>
    public static byte[] ReadBytes(string path)
    {
        RequireFile(path);
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(path, "read", exception)!;
        }
    }

    /// <summary>A file opened for reading at any place.</summary>
    /// <exception cref="CnnException">It does not exist, is a folder or cannot be read.</exception>
    public static SafeFileHandle OpenHandle(string path)
    {
        RequireFile(path);
        try
        {
            return File.OpenHandle(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(path, "read", exception)!;
        }
    }

    /// <summary>The UTF-8 text of some bytes.</summary>
    /// <exception cref="CnnException">They are not UTF-8.</exception>
    public static string Decode(byte[] bytes, string path)
    {
        if (bytes.Length > TextFormat.MaxCharacters)
        {
            throw new CnnException(new Diagnostic(TextMessages.TooLarge(TextFormat.MaxCharacters), new SourceLocation(path, 1, 1)));
        }

        try
        {
            return new UTF8Encoding(false, true).GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            int newlines = bytes.AsSpan(0, exception.Index).Count((byte)'\n');
            int column = exception.Index - (bytes.AsSpan(0, exception.Index).LastIndexOf((byte)'\n') + 1) + 1;
            throw new CnnException(
                new Diagnostic(
                    "the file is not UTF-8 text here",
                    new SourceLocation(path, newlines + 1, column),
                    "a text definition is UTF-8; weights belong in --weights"),
                exception);
        }
    }

    /// <summary>Requires that a path is a file.</summary>
    /// <exception cref="CnnException">It is not; with the nearest name of the folder where one is near.</exception>
    public static void RequireFile(string path)
    {
        PathText.Require(path);
        if (Directory.Exists(path))
        {
            throw new CnnException($"'{path}' is a folder, not a file");
        }

        if (File.Exists(path))
        {
            return;
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        if (!Directory.Exists(folder))
        {
            throw new CnnException($"'{path}' does not exist", $"there is no folder '{folder}' either");
        }

        // A folder that can be entered but not listed makes no suggestions.
        var listed = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = 0 };
        var names = Directory.EnumerateFiles(folder, "*", listed).Take(10_000).Select(f => Path.GetFileName(f));
        string? near = Suggestion.Nearest(Path.GetFileName(path), names);
        throw new CnnException($"'{path}' does not exist", near is null ? null : $"did you mean '{near}'?");
    }
}
