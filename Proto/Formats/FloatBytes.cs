using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Cnn.Proto.Formats;

/// <summary>Writes floats as little-endian bytes, without a copy where that is how they are in memory.</summary>
internal static class FloatBytes
{
    // A span holds fewer than 2^31 bytes.
    private const int ChunkSize = 1 << 24;

    /// <summary>Writes floats to a stream.</summary>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static void Write(Stream stream, ReadOnlySpan<float> values)
    {
        for (; values.Length > 0; values = values[Math.Min(ChunkSize, values.Length)..])
        {
            ReadOnlySpan<float> chunk = values[..Math.Min(ChunkSize, values.Length)];
            if (BitConverter.IsLittleEndian)
            {
                stream.Write(MemoryMarshal.AsBytes(chunk));
            }
            else
            {
                WriteReversed(stream, chunk);
            }
        }
    }

    private static void WriteReversed(Stream stream, ReadOnlySpan<float> values)
    {
        Span<byte> one = stackalloc byte[sizeof(float)];
        foreach (float value in values)
        {
            BinaryPrimitives.WriteSingleLittleEndian(one, value);
            stream.Write(one);
        }
    }
}
