namespace Cnn.Proto;

/// <summary>What the operating system says of a file, in the words of the user's mistakes.</summary>
internal static class FileErrors
{
    /// <summary>The error for a file or folder that could not be used; null for an exception of another kind.</summary>
    /// <param name="path">The file as the user named it.</param>
    /// <param name="doing">What was tried: "read", "write".</param>
    /// <param name="exception">What was thrown.</param>
    public static CnnException? From(string path, string doing, Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException =>
            new CnnException($"cannot {doing} '{path}': it does not exist", "check the path", exception),
        UnauthorizedAccessException =>
            new CnnException($"cannot {doing} '{path}': no permission, or it is a folder", null, exception),
        IOException or ArgumentException or NotSupportedException =>
            new CnnException($"cannot {doing} '{path}': {exception.Message}", null, exception),
        _ => null,
    };
}
