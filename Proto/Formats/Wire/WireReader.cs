using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Wire;

/// <summary>The parts that all readers of the wire format share.</summary>
internal static class WireReader
{
    /// <summary>Returns a reader at the start of some bytes.</summary>
    public static WireReader<TBytes> Of<TBytes>(TBytes bytes)
        where TBytes : IWireBytes, allows ref struct => new(bytes);

    /// <summary>Reads bytes at an offset of a file.</summary>
    /// <exception cref="CnnException">The file cannot be read or ends too early.</exception>
    public static void ReadAt(SafeFileHandle file, string path, long offset, Span<byte> to)
    {
        try
        {
            while (to.Length > 0)
            {
                int read = RandomAccess.Read(file, to, offset);
                if (read == 0)
                {
                    throw new CnnException($"{path}: has become shorter while it was read");
                }

                offset += read;
                to = to[read..];
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.From(path, "read", exception)!;
        }
    }

    /// <summary>Returns the error for what is wrong at a position.</summary>
    public static CnnException Damaged(string subject, long position, string what) =>
        new($"{subject} is damaged at byte {position}: {what}");
}
