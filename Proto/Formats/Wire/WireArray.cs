using System.Runtime.InteropServices;

namespace Cnn.Proto.Formats.Wire;

/// <summary>
/// Numbers in the wire format, packed or each with its tag; they stay in the file or memory until they are copied.
/// </summary>
/// <param name="bytes">The file or memory that holds them.</param>
/// <param name="type">Their type.</param>
internal sealed class WireArray(IWireBytes bytes, NumberType type) : StoredArray
{
    private const int ChunkSize = 8192;

    private readonly List<Run> runs = [];
    private long count;

    /// <inheritdoc/>
    public override long Count => count;

    /// <summary>Adds numbers that are stored contiguously.</summary>
    public void AddPacked(long offset, long length)
    {
        if (length > 0)
        {
            runs.Add(new Run(offset, length / type.Size, type.Size));
            count += length / type.Size;
        }
    }

    /// <summary>Adds one number that has its own tag; neighbours make one run.</summary>
    public void AddSingle(long offset)
    {
        int stride = type.Size + 1;
        if (runs.Count > 0
            && runs[^1] is { } last
            && last.Stride == stride
            && last.Offset + (last.Count * stride) == offset)
        {
            runs[^1] = last with { Count = last.Count + 1 };
        }
        else
        {
            runs.Add(new Run(offset, 1, stride));
        }

        count++;
    }

    /// <inheritdoc/>
    public override void CopyTo(Span<float> values)
    {
        foreach (Run run in runs)
        {
            Copy(run, values[..(int)run.Count]);
            values = values[(int)run.Count..];
        }
    }

    private void Copy(Run run, Span<float> to)
    {
        if (type == NumberType.Float32 && run.Stride == type.Size && BitConverter.IsLittleEndian)
        {
            bytes.Read(run.Offset, MemoryMarshal.AsBytes(to));
            return;
        }

        byte[] buffer = new byte[run.Stride * Math.Min(to.Length, ChunkSize)];
        for (int done = 0; done < to.Length;)
        {
            int now = Math.Min(to.Length - done, ChunkSize);

            // The last of several tagged numbers is followed by the tag of something else, or by nothing.
            Span<byte> piece = buffer.AsSpan(0, ((now - 1) * run.Stride) + type.Size);
            bytes.Read(run.Offset + ((long)done * run.Stride), piece);
            type.Read(piece, run.Stride, to.Slice(done, now));
            done += now;
        }
    }

    private readonly record struct Run(long Offset, long Count, int Stride);
}
