using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto;

/// <summary>Opens and reads files, with errors that are meant for users.</summary>
public static class FileText
{
    /// <summary>Reads all bytes of a file.</summary>
    /// <exception cref="CnnException">It does not exist, is a folder, is too large or cannot be read.</exception>
    public static byte[] ReadBytes(string path)
    {
        RequireFile(path);
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (
            exception is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            throw FileErrors.From(path, "read", exception)!;
        }
    }

    /// <summary>Opens a file for reading at any position.</summary>
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

    /// <summary>Returns the size of an open file, in bytes.</summary>
    /// <exception cref="CnnException">The system does not tell it.</exception>
    internal static long Length(SafeFileHandle file, string path)
    {
        try
        {
            return RandomAccess.GetLength(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(path, "read", exception)!;
        }
    }

    /// <summary>Reads the first bytes of an open file, which may have fewer.</summary>
    /// <returns>The part of the memory that was read into.</returns>
    /// <exception cref="CnnException">It cannot be read.</exception>
    internal static Span<byte> Start(SafeFileHandle file, string path, Span<byte> memory)
    {
        int read = 0;
        try
        {
            while (read < memory.Length && RandomAccess.Read(file, memory[read..], read) is var more and > 0)
            {
                read += more;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(path, "read", exception)!;
        }

        return memory[..read];
    }

    /// <summary>
    /// Decodes the text of a file: UTF-16 and UTF-32 with a byte order mark, anything else as UTF-8, in which invalid
    /// bytes are preserved (see <see cref="ByteText"/>). The mark is left out.
    /// </summary>
    /// <param name="bytes">All bytes of the file.</param>
    /// <param name="path">The file, for errors.</param>
    /// <exception cref="CnnException">
    /// The file is too long, is UTF-16 without a mark, or holds damaged characters.
    /// </exception>
    public static string Decode(byte[] bytes, string path)
    {
        if (bytes.Length > TextFormat.MaxCharacters)
        {
            throw Wrong(TextMessages.TooLarge(TextFormat.MaxCharacters), null);
        }

        if (TextEncoding.FromMark(bytes) is { } marked)
        {
            return TextEncoding.Decode(marked, bytes)
                ?? throw Wrong(
                    $"the file is no valid {marked.Name} text, as its byte order mark says it is", "save it as UTF-8");
        }

        return TextEncoding.GuessUtf16(bytes) is { } guess
            ? throw Wrong($"the file looks like {guess.Name} text without a byte order mark", "save it as UTF-8")
            : ByteText.Decode(bytes);

        CnnException Wrong(string message, string? hint) =>
            new(new Diagnostic(message, new SourceLocation(path, 1, 1), hint));
    }

    /// <summary>Requires that a path is a file.</summary>
    /// <exception cref="CnnException">
    /// It is not; the hint names a similar file in the folder, if there is one.
    /// </exception>
    public static void RequireFile(string path)
    {
        PathText.Require(path);
        if (Directory.Exists(path))
        {
            throw new CnnException($"'{path}' is a folder, not a file");
        }

        if (File.Exists(path) || IsThere(path))
        {
            return;
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        if (!Directory.Exists(folder))
        {
            throw new CnnException($"'{path}' does not exist", $"there is no folder '{folder}' either");
        }

        // A folder that can be entered but not listed yields no suggestions.
        var listed = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = 0 };
        var names = Directory.EnumerateFiles(folder, "*", listed).Take(10_000).Select(f => Path.GetFileName(f));
        string? near = Suggestion.Nearest(Path.GetFileName(path), names);
        throw new CnnException($"'{path}' does not exist", near is null ? null : $"did you mean '{near}'?");
    }

    // A file that cannot be looked at does not count as existing; opening it tells why.
    private static bool IsThere(string path)
    {
        try
        {
            File.OpenHandle(path).Dispose();
            return true;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(path, "read", exception)!;
        }
    }
}
