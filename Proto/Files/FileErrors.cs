using System.Reflection;

namespace Cnn.Proto;

/// <summary>Translates the operating system's errors about files into errors for users.</summary>
internal static class FileErrors
{
    /// <summary>
    /// Returns the error for a file or folder that could not be used; null for an exception of another kind.
    /// </summary>
    /// <param name="path">The file as the user named it.</param>
    /// <param name="doing">What was attempted: "read", "write".</param>
    /// <param name="exception">The exception that was thrown.</param>
    public static CnnException? From(string path, string doing, Exception exception)
    {
        exception = Unwrapped(exception);
        if (exception is (IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
            && PathText.Fault(path) is { } fault)
        {
            return new CnnException(fault, inner: exception);
        }

        if (exception is OutOfMemoryException)
        {
            return MemoryErrors.OfFile(path, doing, exception);
        }

        // Any other wrong argument is a bug in the program.
        if (exception is not (IOException or UnauthorizedAccessException or NotSupportedException))
        {
            return null;
        }

        if (doing == "read" && Directory.Exists(path))
        {
            return new CnnException($"cannot read '{path}': it is a folder", "name a file", exception);
        }

        if (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return Missing(path, doing, exception);
        }

        return new CnnException($"cannot {doing} '{path}': {Reason(exception)}", inner: exception)
        {
            IsOfTheMachine = IsOfTheMachine(exception),
        };
    }

    /// <summary>Returns the exception that a library's call by reflection has wrapped.</summary>
    public static Exception Unwrapped(Exception exception) =>
        exception is TargetInvocationException { InnerException: { } inner } ? Unwrapped(inner) : exception;

    /// <summary>Returns what is made of a file's content, by something that does not know the file.</summary>
    /// <param name="path">The file, which errors then name.</param>
    /// <param name="make">Makes it.</param>
    /// <exception cref="CnnException">The content is wrong.</exception>
    public static T Naming<T>(string path, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (CnnException exception)
        {
            throw exception.In(path);
        }
    }

    /// <summary>Returns why the system refused, as a short clause: "the disk is full".</summary>
    public static string Reason(Exception exception) => SystemError.Of(exception)?.Text ?? exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => "it does not exist",
        UnauthorizedAccessException => "no permission",
        PathTooLongException => "its name is too long",
        EndOfStreamException => "it ends too early",
        NotSupportedException => "the system does not accept its name",
        _ => "the system reports an unknown error",
    };

    /// <summary>
    /// Whether the machine failed rather than the user: a full or broken disk, or a pipe without a reader.
    /// </summary>
    public static bool IsOfTheMachine(Exception exception) => SystemError.Of(exception) is { IsOfTheMachine: true };

    /// <summary>Whether the operating system refused, and the content of a file has nothing to do with it.</summary>
    public static bool IsOfTheSystem(CnnException exception) => SystemError.Of(exception) is not null;

    private static CnnException Missing(string path, string doing, Exception exception)
    {
        string? folder = doing == "write" ? Path.GetDirectoryName(path) : null;
        return folder is not { Length: > 0 } || Directory.Exists(folder)
            ? new CnnException($"cannot {doing} '{path}': it does not exist", "check the path", exception)
            : File.Exists(folder)
            ? new CnnException($"cannot write '{path}': '{folder}' is a file, not a folder", inner: exception)
            : new CnnException($"cannot write '{path}': there is no folder '{folder}'", "make it first", exception);
    }
}
