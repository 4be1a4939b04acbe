using Cnn.Proto.Formats.Wire;
using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Hdf5;

/// <summary>
/// Finds where HDF5 begins in a file: at byte 0 or, after a user block, at byte 512 or any doubling of it (HDF5 File
/// Format Specification 3.0, section II.A).
/// </summary>
internal static class Hdf5Signature
{
    private const int SmallestUserBlock = 512;

    private static ReadOnlySpan<byte> Bytes => [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Returns the offset of the superblock; -1 when the file is not an HDF5 file.</summary>
    /// <exception cref="CnnException">The file cannot be read.</exception>
    public static long Find(SafeFileHandle file, string path)
    {
        long length = FileText.Length(file, path);
        Span<byte> found = stackalloc byte[Bytes.Length];
        for (long at = 0; at + found.Length <= length; at = at == 0 ? SmallestUserBlock : 2 * at)
        {
            WireReader.ReadAt(file, path, at, found);
            if (found.SequenceEqual(Bytes))
            {
                return at;
            }
        }

        return -1;
    }
}
