using System.IO.Compression;
using System.Runtime.InteropServices;
using Cnn.Proto.Formats.Npy;

namespace Cnn.Proto.Formats.Npz;

/// <summary>The numbers of an array in a .npz file, packed or not.</summary>
/// <param name="file">The file.</param>
/// <param name="entry">The array's entry.</param>
/// <param name="header">What the entry says of its array.</param>
internal sealed class NpzArray(NpzFile file, ZipArchiveEntry entry, NpyHeader header) : StoredArray
{
    private const int ChunkBytes = 1 << 17;

    /// <inheritdoc/>
    public override long Count => header.Count;

    /// <inheritdoc/>
    public override unsafe void CopyTo(Span<float> values)
    {
        fixed (float* target = values)
        {
            float* to = target;
            int length = values.Length;
            file.Guard(() => Copy(new Span<float>(to, length)), entry.FullName);
        }
    }

    /// <inheritdoc/>
    internal override void Verify() => file.Guard(Check, entry.FullName);

    private bool Copy(Span<float> values)
    {
        using Stream stream = entry.Open();
        byte[] buffer = new byte[ChunkBytes];
        stream.ReadExactly(buffer.AsSpan(0, header.Length));
        if (header.IsColumnOrder)
        {
            var columns = new float[values.Length];
            Copy(stream, buffer, columns);
            header.InRowOrder(columns).CopyTo(values);
        }
        else
        {
            Copy(stream, buffer, values);
        }

        return true;
    }

    private void Copy(Stream stream, byte[] buffer, Span<float> values)
    {
        bool isPlain = header.Type == NumberType.Float32 && BitConverter.IsLittleEndian;
        while (values.Length > 0)
        {
            int now = Math.Min(values.Length, ChunkBytes / header.Type.Size);
            if (isPlain)
            {
                stream.ReadExactly(MemoryMarshal.AsBytes(values[..now]));
            }
            else
            {
                Span<byte> piece = buffer.AsSpan(0, now * header.Type.Size);
                stream.ReadExactly(piece);
                header.Type.Read(piece, header.Type.Size, values[..now]);
            }

            values = values[now..];
        }
    }

    private bool Check()
    {
        using Stream stream = entry.Open();
        byte[] buffer = new byte[ChunkBytes];
        stream.ReadExactly(buffer.AsSpan(0, header.Length));
        uint crc = Crc32.Of(buffer.AsSpan(0, header.Length));
        for (long left = header.Count * header.Type.Size; left > 0;)
        {
            Span<byte> piece = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
            stream.ReadExactly(piece);
            crc = Crc32.Append(crc, piece);
            left -= piece.Length;
            if (header.Type.FirstInexact(piece) is { } number)
            {
                throw NumberType.Inexact(file.What(entry.FullName), number);
            }
        }

        return crc == entry.Crc32
            ? true
            : throw new CnnException(
                $"{file.What(entry.FullName)}: is damaged: its checksum is {crc:x8}, the archive has {entry.Crc32:x8}",
                "copy the file again");
    }
}
