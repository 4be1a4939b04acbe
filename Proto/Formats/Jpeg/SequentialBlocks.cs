using System.Runtime.CompilerServices;

namespace Cnn.Proto.Formats.Jpeg;

/// <summary>
/// Decodes blocks of baseline and extended scans, which hold all coefficients of a block at once, and transforms them;
/// ITU-T T.81, F.2.
/// </summary>
/// <param name="block">Room for a block, all zero.</param>
/// <param name="spare">Room for a block whose coefficients are not wanted.</param>
internal unsafe struct SequentialBlocks(short* block, short* spare) : IBlockDecoder
{
    /// <inheritdoc/>
    public readonly void Restart()
    {
    }

    /// <inheritdoc/>
    public readonly void Decode(ref BitReader reader, JpegComponent component, int x, int y)
    {
        component.Last += Difference(ref reader, component.Differences!);
        if (!component.IsWanted)
        {
            Others(ref reader, component.Others!, spare);
            return;
        }

        bool hasOthers = Others(ref reader, component.Others!, block);
        block[0] = (short)component.Last;
        byte* to = component.Samples + ((nint)y * 8 * component.Stride) + (x * 8);
        if (hasOthers)
        {
            InverseDct.Transform(block, component.Multipliers, to, component.Stride);
            Unsafe.InitBlockUnaligned(block, 0, JpegComponent.BlockSize * sizeof(short));
        }
        else
        {
            InverseDct.Fill(block[0], component.Multipliers[0], to, component.Stride);
        }
    }

    /// <summary>Reads the difference of a DC coefficient from the one before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Difference(ref BitReader reader, HuffmanTable table)
    {
        reader.Require();
        uint entry = table.Lookup[reader.Bits >> (64 - HuffmanTable.LookupBits)];
        if (entry > 0xFFFF)
        {
            reader.Bits <<= (int)entry;
            reader.Count -= (int)(entry & 0xFF);
            return (int)entry >> 16;
        }

        int size = reader.Symbol(table);
        return size == 0 ? 0 : HuffmanTable.Extend(reader.Take(size), size);
    }

    // Returns whether there are others than the first.
    private static bool Others(ref BitReader reader, HuffmanTable table, short* block)
    {
        uint* lookup = table.Lookup;
        byte* order = ZigZag.Start;
        ulong bits = reader.Bits;
        int count = reader.Count;
        byte* next = reader.Next;
        int k = 1;
        do
        {
            if (count < 32)
            {
                BitReader.Fill(ref bits, ref count, ref next);
            }

            uint entry = lookup[bits >> (64 - HuffmanTable.LookupBits)];
            if (entry > 0xFFFF)
            {
                k += (int)(entry >> 8) & 15;
                bits <<= (int)entry;
                count -= (int)(entry & 0xFF);
                block[order[k]] = (short)(entry >> 16);
                k++;
                continue;
            }

            int length = (int)(entry & 0xFF), size = (int)(entry >> 12) & 15, run = (int)(entry >> 8) & 15;
            if (length == 0)
            {
                int symbol = table.FindLong(bits, out length);
                (run, size) = (symbol >> 4, symbol & 15);
            }

            bits <<= length;
            count -= length;
            if (size == 0)
            {
                if (run != 15)
                {
                    break;
                }

                k += 16;
                continue;
            }

            k += run;
            block[order[k]] = (short)HuffmanTable.Extend((int)(bits >> (64 - size)), size);
            k++;
            bits <<= size;
            count -= size;
        }
        while (k < JpegComponent.BlockSize);

        reader.Bits = bits;
        reader.Count = count;
        reader.Next = next;
        return k > 1;
    }
}
