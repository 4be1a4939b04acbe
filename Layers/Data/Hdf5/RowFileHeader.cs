using System.Buffers.Binary;
using System.Text;

namespace Cnn.Layers.Data.Hdf5;

/// <summary>
/// The header of an HDF5 file with the two datasets <c>data</c> and <c>label</c>, float32, four axes, contiguous. It
/// has the oldest form of the format (superblock 0, symbol tables), which every library reads and whose sizes can be
/// changed in place, since it has no checksums. From the HDF5 File Format Specification 3.0, sections II to IV.
/// </summary>
internal static class RowFileHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Size = Labels + DatasetSize;

    /// <summary>Bytes of its beginning, which tells the length of the file.</summary>
    public const int SuperblockSize = 96;

    private const ulong Undefined = ulong.MaxValue;
    private const int Root = SuperblockSize;
    private const int Tree = Root + 40;
    private const int Heap = Tree + 544;
    private const int HeapData = Heap + 32;
    private const int Symbols = HeapData + 24;
    private const int Data = Symbols + 328;
    private const int Labels = Data + DatasetSize;
    private const int DatasetSize = 144;

    /// <summary>Returns the header.</summary>
    /// <param name="data">Shape and offset of the data.</param>
    /// <param name="labels">Shape and offset of the labels.</param>
    /// <param name="end">Bytes in the file.</param>
    public static byte[] Write((int[] Shape, long Offset) data, (int[] Shape, long Offset) labels, long end)
    {
        var bytes = new byte[Size];
        WriteSuperblock(bytes, (ulong)end);
        WriteRoot(bytes);
        WriteDataset(bytes.AsSpan(Data), data.Shape, (ulong)data.Offset);
        WriteDataset(bytes.AsSpan(Labels), labels.Shape, (ulong)labels.Offset);
        return bytes;
    }

    private static void WriteSuperblock(Span<byte> to, ulong end)
    {
        ReadOnlySpan<byte> signature = [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];
        signature.CopyTo(to);

        // Offsets and lengths of 8 bytes; 2 * 4 symbols in a leaf, 2 * 16 children in a tree's node.
        (to[13], to[14], to[16], to[18]) = (8, 8, 4, 16);
        Put(to[32..], Undefined);
        Put(to[40..], end);
        Put(to[48..], Undefined);

        // The root's symbol, which caches the addresses of its tree and of the heap of its names.
        Put(to[64..], Root);
        to[72] = 1;
        Put(to[80..], Tree);
        Put(to[88..], Heap);
    }

    private static void WriteRoot(Span<byte> file)
    {
        WriteObject(file[Root..], messages: 1, size: 24);
        Span<byte> table = Message(file[(Root + 16)..], 0x11, 16);
        Put(table, Tree);
        Put(table[8..], Heap);

        // One leaf, between the empty name and the last one.
        Span<byte> tree = file[Tree..];
        Encoding.ASCII.GetBytes("TREE", tree);
        tree[6] = 1;
        Put(tree[8..], Undefined);
        Put(tree[16..], Undefined);
        Put(tree[32..], Symbols);
        Put(tree[40..], 16);

        Span<byte> heap = file[Heap..];
        Encoding.ASCII.GetBytes("HEAP", heap);
        Put(heap[8..], Symbols - HeapData);
        Put(heap[16..], 1);
        Put(heap[24..], HeapData);
        Encoding.ASCII.GetBytes("data", file[(HeapData + 8)..]);
        Encoding.ASCII.GetBytes("label", file[(HeapData + 16)..]);

        Span<byte> symbols = file[Symbols..];
        Encoding.ASCII.GetBytes("SNOD", symbols);
        (symbols[4], symbols[6]) = (1, 2);
        Put(symbols[8..], 8);
        Put(symbols[16..], Data);
        Put(symbols[48..], 16);
        Put(symbols[56..], Labels);
    }

    private static void WriteDataset(Span<byte> to, int[] shape, ulong offset)
    {
        WriteObject(to, messages: 4, size: DatasetSize - 16);
        Span<byte> space = Message(to[16..], 0x01, 40);
        (space[0], space[1]) = (1, 4);
        ulong bytes = sizeof(float);
        for (int axis = 0; axis < 4; axis++)
        {
            Put(space[(8 + (8 * axis))..], (ulong)shape[axis]);
            bytes *= (ulong)shape[axis];
        }

        // IEEE float32, little-endian: sign at bit 31, 8 bits of exponent from 23 on, 23 of mantissa from 0, bias 127.
        Span<byte> type = Message(to[64..], 0x03, 24, isConstant: true);
        (type[0], type[1], type[2], type[4]) = (0x11, 0x20, 31, 4);
        (type[10], type[12], type[13], type[15], type[16]) = (32, 23, 8, 23, 127);

        // No fill value.
        Span<byte> fill = Message(to[96..], 0x05, 8, isConstant: true);
        (fill[0], fill[1], fill[2]) = (2, 2, 2);

        Span<byte> layout = Message(to[112..], 0x08, 24);
        (layout[0], layout[1]) = (3, 1);
        Put(layout[2..], offset);
        Put(layout[10..], bytes);
    }

    private static void WriteObject(Span<byte> to, byte messages, byte size) =>
        (to[0], to[2], to[4], to[8]) = (1, messages, 1, size);

    private static Span<byte> Message(Span<byte> to, byte type, byte size, bool isConstant = false)
    {
        (to[0], to[2], to[4]) = (type, size, (byte)(isConstant ? 1 : 0));
        return to.Slice(8, size);
    }

    private static void Put(Span<byte> to, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(to, value);
}
