using System.Runtime.InteropServices;
using Cnn.Proto;
using Microsoft.Win32.SafeHandles;

namespace Cnn.Layers.Data.Hdf5;

/// <summary>
/// An HDF5 file of items, <c>data</c> and <c>label</c>, that grows. The data come last and grow with the file; the
/// labels come before them, in a space that is doubled, by rewriting the file, when it is full. New items go to disk
/// before the header that counts them, so the file is valid at any time.
/// </summary>
internal sealed class RowFile(string path)
{
    private const int LabelsOffset = 4096;
    private const long FewestLabelBytes = 1 << 16;

    private long labelSpace;

    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>Items, channels, height and width of the data so far.</summary>
    public int[] DataShape { get; } = new int[4];

    /// <summary>The same for the labels.</summary>
    public int[] LabelShape { get; } = new int[4];

    private long DataOffset => LabelsOffset + labelSpace;

    /// <summary>
    /// Returns whether a blob's items have the size that a shape has for the items before; any size fits at first.
    /// </summary>
    public static bool Fits(int[] shape, Blob blob) =>
        shape[0] == 0
        || (blob.LegacyDim(1) == shape[1] && blob.LegacyDim(2) == shape[2] && blob.LegacyDim(3) == shape[3]);

    /// <summary>Appends items; the first ones replace an existing file.</summary>
    /// <exception cref="CnnException">The file cannot be rewritten; the items before are unchanged.</exception>
    /// <exception cref="IOException">The file cannot be written; the items before are unchanged.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied.</exception>
    public void Append(Blob data, Blob labels)
    {
        long dataEnd = DataOffset + Bytes(DataShape), labelEnd = LabelsOffset + Bytes(LabelShape);
        bool isNew = labelSpace == 0;
        if (isNew || labelEnd + (sizeof(float) * (long)labels.Count) > DataOffset)
        {
            Rewrite(isNew ? 0 : labelEnd - LabelsOffset, dataEnd, sizeof(float) * (long)labels.Count);
            (dataEnd, labelEnd) = (DataOffset + Bytes(DataShape), LabelsOffset + Bytes(LabelShape));
        }

        using SafeFileHandle file = File.OpenHandle(Path, FileMode.Open, FileAccess.Write);
        RandomAccess.Write(file, MemoryMarshal.AsBytes((ReadOnlySpan<float>)labels.Data), labelEnd);
        RandomAccess.Write(file, MemoryMarshal.AsBytes((ReadOnlySpan<float>)data.Data), dataEnd);
        DiskFlush.Of(file);
        Grow(DataShape, data);
        Grow(LabelShape, labels);

        // The file's length first: where the power is lost in between, the shapes do not reach beyond it.
        byte[] header = Header();
        RandomAccess.Write(file, header.AsSpan(0, RowFileHeader.SuperblockSize), 0);
        DiskFlush.Of(file);
        RandomAccess.Write(file, header.AsSpan(RowFileHeader.SuperblockSize), RowFileHeader.SuperblockSize);
        DiskFlush.Of(file);
    }

    private static long Bytes(int[] shape) => sizeof(float) * (long)shape[0] * shape[1] * shape[2] * shape[3];

    private static void Grow(int[] shape, Blob blob)
    {
        shape[0] = checked(shape[0] + blob.LegacyDim(0));
        for (int axis = 1; axis < 4; axis++)
        {
            shape[axis] = blob.LegacyDim(axis);
        }
    }

    // Rewrites the file with twice the space for labels and what has been written so far.
    private void Rewrite(long labelBytes, long dataEnd, long more)
    {
        long oldOffset = DataOffset;
        labelSpace = Math.Max(FewestLabelBytes, 2 * (labelBytes + more));
        try
        {
            AtomicFile.Write(Path, to =>
            {
                to.Write(Header());
                to.SetLength(DataOffset);
                if (oldOffset > LabelsOffset)
                {
                    using FileStream from = File.OpenRead(Path);
                    Copy(from, LabelsOffset, labelBytes, to, LabelsOffset);
                    Copy(from, oldOffset, dataEnd - oldOffset, to, DataOffset);
                }
            });
        }
        catch
        {
            labelSpace = oldOffset - LabelsOffset;
            throw;
        }
    }

    private static void Copy(Stream from, long start, long count, Stream to, long place)
    {
        (from.Position, to.Position) = (start, place);
        var buffer = new byte[1 << 20];
        while (count > 0)
        {
            int read = (int)Math.Min(count, buffer.Length);
            from.ReadExactly(buffer, 0, read);
            to.Write(buffer, 0, read);
            count -= read;
        }
    }

    private byte[] Header() => RowFileHeader.Write(
        (DataShape, DataOffset), (LabelShape, LabelsOffset), DataOffset + Bytes(DataShape));
}
