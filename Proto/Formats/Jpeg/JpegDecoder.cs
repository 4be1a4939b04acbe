using Cnn.Proto.Formats.Images;

namespace Cnn.Proto.Formats.Jpeg;

/// <summary>
/// Decodes JPEG files (ITU-T T.81): baseline, extended and progressive with Huffman codes and 8 bits, to the pixels of
/// libjpeg-turbo. Buffers are kept from image to image.
/// </summary>
internal sealed unsafe class JpegDecoder
{
    // A progressive image has about ten scans, and at least one bit for each block. What has many more, or goes through
    // its blocks again and again without a bit for them, wants to keep us busy.
    private const int MostScans = 200, MostVisitsOfByte = 8 * 40;

    private readonly JpegHeader header = new();
    private readonly EntropySegments segments = new();
    private readonly JpegRows rows = new();

    /// <summary>How the image that was read last has to be turned.</summary>
    public ImageOrientation Orientation => header.Orientation;

    /// <summary>Reads a file to samples.</summary>
    /// <exception cref="CnnException">It is damaged, ends early or is of a kind that is not decoded.</exception>
    public void Read(ReadOnlySpan<byte> file, ImageColor color)
    {
        header.Start();
        bool complete = false;
        long visits = 0;
        for (int scans = 0; !complete && header.FindScan(file); scans++)
        {
            if (scans == 0)
            {
                Prepare(file, color);
            }

            foreach (JpegComponent component in header.Scan.Components)
            {
                visits += (long)component.BlockRows * component.BlockColumns;
            }

            if (scans == MostScans || visits > (long)MostVisitsOfByte * file.Length)
            {
                throw JpegMessages.Damaged("it has too many scans");
            }

            DecodeScan(file);
            complete = !header.IsProgressive && AreAllScanned();
        }

        if (!AreAllScanned())
        {
            throw JpegMessages.EndsEarly();
        }

        if (header.IsProgressive)
        {
            CollectedBlocks.RequireAll(header);
            CollectedBlocks.Transform(header);
        }
    }

    /// <summary>Writes the pixels of the file that was read last, for the same <paramref name="color"/>.</summary>
    public void Write(ImageColor color, PlanarImage to) => rows.Write(header, color, to);

    private void Prepare(ReadOnlySpan<byte> file, ImageColor color)
    {
        JpegRows.Choose(header, color);
        long blocks = 0;
        foreach (JpegComponent component in header.Components)
        {
            blocks += (long)component.BlockRows * component.BlockColumns;
        }

        // Each block takes at least one bit.
        if (blocks > file.Length * 8L)
        {
            throw JpegMessages.EndsEarly();
        }

        foreach (JpegComponent component in header.Components)
        {
            component.Allocate(header.IsProgressive);
        }
    }

    private void DecodeScan(ReadOnlySpan<byte> file)
    {
        if (header.IsProgressive)
        {
            var blocks = new ProgressiveBlocks(header.Scan);
            ScanBlocks.Decode(file, header, segments, ref blocks);
        }
        else
        {
            short* room = stackalloc short[2 * JpegComponent.BlockSize];
            new Span<short>(room, JpegComponent.BlockSize).Clear();
            var blocks = new SequentialBlocks(room, room + JpegComponent.BlockSize);
            ScanBlocks.Decode(file, header, segments, ref blocks);
        }
    }

    private bool AreAllScanned()
    {
        foreach (JpegComponent component in header.Components)
        {
            if (!component.IsScanned)
            {
                return false;
            }
        }

        return header.Width > 0;
    }
}
