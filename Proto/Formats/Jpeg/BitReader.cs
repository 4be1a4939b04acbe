using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Cnn.Proto.Formats.Jpeg;

/// <summary>
/// Reads bits of bytes that <see cref="EntropySegments"/> has prepared: no stuffing is left in them, zeros follow.
/// </summary>
/// <remarks>
/// Bounds: a block consumes at most 2,048 bits, so that a check of <see cref="IsBeyondTheEnd"/> before each block keeps
/// every read within the padding of <see cref="EntropySegments"/>.
/// </remarks>
internal unsafe struct BitReader
{
    /// <summary>The next bits, the first one on top; behind <see cref="Count"/> of them comes the next byte.</summary>
    public ulong Bits;

    /// <summary>The number of bits that are in <see cref="Bits"/>.</summary>
    public int Count;

    /// <summary>The next byte to be taken in.</summary>
    public byte* Next;

    /// <summary>The end of the data.</summary>
    public byte* End;

    /// <summary>Whether more bits were read than there are.</summary>
    public readonly bool IsBeyondTheEnd => (Next - End) * 8 > Count;

    /// <summary>Takes in bytes until there are at least 56 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fill(ref ulong bits, ref int count, ref byte* next)
    {
        ulong more = Unsafe.ReadUnaligned<ulong>(next);
        bits |= (BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(more) : more) >> count;
        next += (63 - count) >> 3;
        count |= 56;
    }

    /// <summary>Sees to it that there are at least 32 bits: a code and its value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Require()
    {
        if (Count < 32)
        {
            Fill(ref Bits, ref Count, ref Next);
        }
    }

    /// <summary>Takes bits that <see cref="Require"/> has seen to; at least one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Take(int count)
    {
        int taken = (int)(Bits >> (64 - count));
        Bits <<= count;
        Count -= count;
        return taken;
    }

    /// <summary>Reads the next symbol.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Symbol(HuffmanTable table)
    {
        Require();
        uint entry = table.Lookup[Bits >> (64 - HuffmanTable.LookupBits)];
        int size = (int)(entry >> 12) & 15, symbol = ((int)(entry >> 4) & 0xF0) | size;
        int length = (int)(entry & 0xFF) - (entry > 0xFFFF ? size : 0);
        if (length == 0)
        {
            symbol = table.FindLong(Bits, out length);
        }

        Bits <<= length;
        Count -= length;
        return symbol;
    }
}
