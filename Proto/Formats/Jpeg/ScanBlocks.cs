namespace Cnn.Proto.Formats.Jpeg;

/// <summary>
/// Goes through the blocks of a scan in the order in which they are coded: unit by unit of the frame, or block by block
/// where the scan has one component alone; ITU-T T.81, A.2. At restart markers it begins a new segment.
/// </summary>
internal static unsafe class ScanBlocks
{
    /// <summary>Decodes all blocks.</summary>
    /// <typeparam name="TDecoder">What decodes one block; a struct, so that the loop is compiled for it.</typeparam>
    public static void Decode<TDecoder>(
        ReadOnlySpan<byte> file, JpegHeader header, EntropySegments segments, ref TDecoder decoder)
        where TDecoder : struct, IBlockDecoder
    {
        JpegScan scan = header.Scan;
        bool alone = scan.Count == 1;
        JpegComponent first = scan.Components[0];
        int columns = alone ? first.BlockColumns : first.StoredColumns / first.Horizontal;
        int rows = alone ? first.BlockRows : first.StoredRows / first.Vertical;
        int interval = header.RestartInterval, left = interval;
        BitReader reader = segments.First(file, header.Position);
        Restart(scan, ref decoder);
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < columns; x++)
            {
                if (interval > 0 && left-- == 0)
                {
                    reader = segments.Next(file, reader);
                    Restart(scan, ref decoder);
                    left = interval - 1;
                }

                if (alone)
                {
                    EntropySegments.RequireWithin(reader);
                    decoder.Decode(ref reader, first, x, y);
                    continue;
                }

                foreach (JpegComponent component in scan.Components)
                {
                    for (int v = 0; v < component.Vertical; v++)
                    {
                        for (int h = 0; h < component.Horizontal; h++)
                        {
                            EntropySegments.RequireWithin(reader);
                            decoder.Decode(
                                ref reader, component, (x * component.Horizontal) + h, (y * component.Vertical) + v);
                        }
                    }
                }
            }
        }

        EntropySegments.RequireWithin(reader);
        header.Position = segments.Position;
    }

    private static void Restart<TDecoder>(JpegScan scan, ref TDecoder decoder)
        where TDecoder : struct, IBlockDecoder
    {
        decoder.Restart();
        foreach (JpegComponent component in scan.Components)
        {
            component.Last = 0;
        }
    }
}
