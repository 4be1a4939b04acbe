using System.Runtime.InteropServices;
using Cnn.Proto.Formats.Wire;
using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Safetensors;

/// <summary>The numbers of an array in a safetensors file.</summary>
/// <param name="file">The file.</param>
/// <param name="path">The file's name, for errors.</param>
/// <param name="tensor">The array, which lies within the file.</param>
/// <param name="dataStart">Where the data of all arrays start, in bytes from the start of the file.</param>
internal sealed class SafetensorsArray(SafeFileHandle file, string path, SafetensorsTensor tensor, long dataStart)
    : StoredArray
{
    private const int ChunkBytes = 1 << 20;

    /// <inheritdoc/>
    public override long Count => tensor.Shape.Count;

    /// <inheritdoc/>
    public override void CopyTo(Span<float> values)
    {
        bool isPlain = tensor.Type == NumberType.Float32 && BitConverter.IsLittleEndian;
        int size = tensor.Type.Size;
        byte[] buffer = isPlain ? [] : new byte[Math.Min(ChunkBytes, (long)values.Length * size)];
        for (long at = dataStart + tensor.Start; values.Length > 0;)
        {
            Span<float> chunk = values[..Math.Min(values.Length, ChunkBytes / size)];
            if (isPlain)
            {
                WireReader.ReadAt(file, path, at, MemoryMarshal.AsBytes(chunk));
            }
            else
            {
                Span<byte> piece = buffer.AsSpan(0, chunk.Length * size);
                WireReader.ReadAt(file, path, at, piece);
                tensor.Type.Read(piece, size, chunk);
            }

            at += (long)chunk.Length * size;
            values = values[chunk.Length..];
        }
    }

    /// <inheritdoc/>
    internal override void Verify()
    {
        if (!tensor.Type.MayBeInexact)
        {
            return;
        }

        byte[] buffer = new byte[Math.Min(ChunkBytes, tensor.End - tensor.Start)];
        for (long at = tensor.Start; at < tensor.End; at += buffer.Length)
        {
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tensor.End - at));
            WireReader.ReadAt(file, path, dataStart + at, piece);
            if (tensor.Type.FirstInexact(piece) is { } number)
            {
                throw NumberType.Inexact($"{path}: tensor '{PathText.Shown(tensor.Name)}'", number);
            }
        }
    }
}
