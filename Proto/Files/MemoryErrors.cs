using System.Globalization;

namespace Cnn.Proto;

/// <summary>Errors for users where memory is not to be had.</summary>
internal static class MemoryErrors
{
    /// <summary>Returns the error for a file that does not fit into memory.</summary>
    /// <param name="path">The file as the user named it.</param>
    /// <param name="doing">What was attempted: "read", "write".</param>
    /// <param name="exception">The exception that was thrown.</param>
    public static CnnException OfFile(string path, string doing, Exception exception)
    {
        string size = doing == "read" && SizeOf(path) is { } bytes ? $" for its {Text(bytes)} bytes" : "";
        return new CnnException($"cannot {doing} '{path}': there is not enough memory{size}", inner: exception)
        {
            IsOfTheMachine = true,
        };
    }

    /// <summary>
    /// Returns the error for something in a file that does not fit into memory, whose size may be made up.
    /// </summary>
    /// <param name="what">The file, and what it is in there.</param>
    /// <param name="exception">The exception that was thrown.</param>
    public static CnnException OfContent(string what, Exception exception) =>
        new($"{what}: there is not enough memory for what it says it holds", "it may be damaged", exception)
        {
            IsOfTheMachine = true,
        };

    /// <summary>
    /// Returns the exception for a buffer that was not to be had; its message continues "there is no memory for".
    /// </summary>
    public static InsufficientMemoryException OfBuffer(long bytes, Exception exception) =>
        new($"a buffer of {Text(bytes)} bytes", exception);

    /// <summary>Returns what an exception tells: "there is not enough memory for a buffer of 4,096 bytes".</summary>
    public static string Describe(OutOfMemoryException exception) => exception is InsufficientMemoryException known
        ? $"there is not enough memory for {known.Message}"
        : "there is not enough memory";

    private static string Text(long bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture);

    private static long? SizeOf(string path)
    {
        try
        {
            return new FileInfo(path).Length;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
