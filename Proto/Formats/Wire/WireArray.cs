using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Wire;

/// <summary>Floats or doubles in the wire format, packed or each with its tag; they stay in the file until copied.</summary>
/// <param name="file">The file.</param>
/// <param name="path">Its name, for errors.</param>
/// <param name="width">Bytes a number: 4 or 8.</param>
internal sealed class WireArray(SafeFileHandle file, string path, int width) : StoredArray
{
    private readonly List<Run> runs = [];
    private long count;

    public override long Count => count;

    /// <summary>Adds numbers that lie one after the other.</summary>
    public void AddPacked(long offset, long bytes)
    {
        if (bytes > 0)
        {
            runs.Add(new Run(offset, bytes / width, width));
            count += bytes / width;
        }
    }

    /// <summary>Adds one number that has a tag of its own; neighbours make one run.</summary>
    public void AddSingle(long offset)
    {
        int stride = width + 1;
        if (runs.Count > 0 && runs[^1] is { } last && last.Stride == stride && last.Offset + (last.Count * stride) == offset)
        {
            runs[^1] = last with { Count = last.Count + 1 };
        }
        else
        {
            runs.Add(new Run(offset, 1, stride));
        }

        count++;
    }

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
        if (run.Stride == 4 && BitConverter.IsLittleEndian)
        {
            WireReader.ReadAt(file, path, run.Offset, MemoryMarshal.AsBytes(to));
            return;
        }

        byte[] buffer = new byte[run.Stride * Math.Min(to.Length, 8192)];
        for (int done = 0; done < to.Length;)
        {
            int now = Math.Min(to.Length - done, 8192);

            // The last of several tagged numbers is followed by the tag of something else, or by nothing.
            Span<byte> bytes = buffer.AsSpan(0, ((now - 1) * run.Stride) + width);
            WireReader.ReadAt(file, path, run.Offset + ((long)done * run.Stride), bytes);
            for (int i = 0; i < now; i++)
            {
                ReadOnlySpan<byte> one = bytes[(i * run.Stride)..];
                to[done + i] = width == 8
                    ? (float)BinaryPrimitives.ReadDoubleLittleEndian(one)
                    : BinaryPrimitives.ReadSingleLittleEndian(one);
            }

            done += now;
        }
    }

    private readonly record struct Run(long Offset, long Count, int Stride);
}
