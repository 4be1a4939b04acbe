namespace Cnn.Proto.Formats.Jpeg;

/// <summary>
/// Decodes blocks of progressive scans, each of which adds coefficients, or one more bit of coefficients, to those
/// collected; ITU-T T.81, G.1.2.
/// </summary>
internal unsafe struct ProgressiveBlocks(JpegScan scan) : IBlockDecoder
{
    private readonly int first = scan.First, last = scan.Last, low = scan.Low;
    private readonly bool refines = scan.High != 0;
    private int emptyBlocks;

    /// <inheritdoc/>
    public void Restart() => emptyBlocks = 0;

    /// <inheritdoc/>
    public void Decode(ref BitReader reader, JpegComponent component, int x, int y)
    {
        short* block = component.Coefficients + (((nint)y * component.StoredColumns) + x) * JpegComponent.BlockSize;
        if (first > 0)
        {
            if (refines)
            {
                Refine(ref reader, component.Others!, block);
            }
            else
            {
                Start(ref reader, component.Others!, block);
            }
        }
        else if (refines)
        {
            reader.Require();
            block[0] |= (short)(reader.Take(1) << low);
        }
        else
        {
            component.Last += SequentialBlocks.Difference(ref reader, component.Differences!);
            block[0] = (short)(component.Last << low);
        }
    }

    private void Start(ref BitReader reader, HuffmanTable table, short* block)
    {
        if (emptyBlocks > 0)
        {
            emptyBlocks--;
            return;
        }

        for (int k = first; k <= last; k++)
        {
            int symbol = reader.Symbol(table), run = symbol >> 4, size = symbol & 15;
            if (size > 0)
            {
                k += run;
                reader.Require();
                block[ZigZag.Start[k]] = (short)(HuffmanTable.Extend(reader.Take(size), size) << low);
            }
            else if (run == 15)
            {
                k += 15;
            }
            else
            {
                emptyBlocks = EmptyBlocks(ref reader, run) - 1;
                break;
            }
        }
    }

    // Figure G.7: between the new coefficients, each of the old ones that is not zero gets a bit of correction.
    private void Refine(ref BitReader reader, HuffmanTable table, short* block)
    {
        int k = first;
        for (; emptyBlocks == 0 && k <= last; k++)
        {
            int symbol = reader.Symbol(table), run = symbol >> 4, value = 0;
            if ((symbol & 15) != 0)
            {
                reader.Require();
                value = reader.Take(1) != 0 ? 1 << low : -1 << low;
            }
            else if (run != 15)
            {
                emptyBlocks = EmptyBlocks(ref reader, run);
                break;
            }

            k = Correct(ref reader, block, k, run);
            if (value != 0)
            {
                block[ZigZag.Start[k]] = (short)value;
            }
        }

        if (emptyBlocks > 0)
        {
            Correct(ref reader, block, k, JpegComponent.BlockSize);
            emptyBlocks--;
        }
    }

    // Corrects coefficients from k on until there were more zeros than the run has; returns the place of that zero.
    private readonly int Correct(ref BitReader reader, short* block, int k, int run)
    {
        for (; k <= last; k++)
        {
            short* coefficient = block + ZigZag.Start[k];
            if (*coefficient == 0)
            {
                if (--run < 0)
                {
                    break;
                }

                continue;
            }

            reader.Require();
            if (reader.Take(1) != 0 && (*coefficient & (1 << low)) == 0)
            {
                *coefficient += (short)(*coefficient >= 0 ? 1 << low : -1 << low);
            }
        }

        return k;
    }

    private static int EmptyBlocks(ref BitReader reader, int size)
    {
        reader.Require();
        return (1 << size) + (size == 0 ? 0 : reader.Take(size));
    }
}
