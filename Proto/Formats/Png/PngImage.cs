using System.Buffers.Binary;
using System.IO.Compression;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.Jpeg;

namespace Cnn.Proto.Formats.Png;

/// <summary>
/// One PNG image (W3C Recommendation, 2003) as it is stored, in every depth, colour type and interlaced or not. What it
/// allocated serves the next image.
/// </summary>
internal sealed class PngImage
{
    // Deflate codes 258 bytes in two bits at best.
    private const int MostGrowth = 1032;

    private byte[] compressed = [];
    private byte[] rows = [];
    private byte[] zeros = [];
    private int compressedLength;

    /// <summary>The header.</summary>
    public PngHeader Header { get; private set; }

    /// <summary>Colours and transparency.</summary>
    public PngPalette Palette { get; } = new();

    /// <summary>The gamma that the file says.</summary>
    public PngGamma Gamma { get; } = new();

    /// <summary>How the image has to be turned.</summary>
    public ImageOrientation Orientation { get; private set; }

    /// <summary>The channels as OpenCV's unchanged mode gives them: grey with alpha has four.</summary>
    public int StoredChannels => Header.Color switch
    {
        PngColor.Grey => 1,
        PngColor.GreyAlpha or PngColor.ColourAlpha => 4,
        _ => Palette.HasTransparency ? 4 : 3,
    };

    /// <summary>The rows of all passes, each behind the number of its filter, which is undone.</summary>
    public ReadOnlySpan<byte> Rows => rows;

    /// <summary>Reads a file.</summary>
    /// <exception cref="CnnException">It is damaged or ends early.</exception>
    public void Read(ReadOnlySpan<byte> file)
    {
        ReadChunks(file, pixels: true);
        Inflate();
        UndoFilters();
    }

    /// <summary>Reads what comes before the pixels.</summary>
    /// <exception cref="CnnException">It is damaged.</exception>
    public void ReadHeader(ReadOnlySpan<byte> file) => ReadChunks(file, pixels: false);

    private void ReadChunks(ReadOnlySpan<byte> file, bool pixels)
    {
        Palette.Clear();
        (Gamma.Value, Orientation, compressedLength) = (0, ImageOrientation.Upright, 0);
        var chunks = new PngChunks(file);
        if (!chunks.Next() || !chunks.Is("IHDR"u8))
        {
            throw ImageMessages.Damaged(ImageFormat.Png);
        }

        Header = PngHeader.Read(chunks.Content);
        bool hasPalette = false;
        while (chunks.Next())
        {
            if (chunks.Is("IDAT"u8))
            {
                Collect(chunks.Content, file.Length, pixels);
            }
            else if (chunks.Is("PLTE"u8))
            {
                Palette.SetColors(chunks.Content);
                hasPalette = true;
            }
            else if (chunks.Is("IHDR"u8))
            {
                throw ImageMessages.Damaged(ImageFormat.Png);
            }
            else
            {
                ReadOptional(chunks);
            }
        }

        if (Header.Color == PngColor.Palette && !hasPalette)
        {
            throw ImageMessages.Damaged(ImageFormat.Png);
        }
    }

    private void ReadOptional(PngChunks chunks)
    {
        if (chunks.Is("tRNS"u8) && compressedLength == 0)
        {
            Palette.SetTransparency(Header.Color, chunks.Content);
        }
        else if (chunks.Is("gAMA"u8) && chunks.Content.Length == 4 && Gamma.Value == 0)
        {
            Gamma.Value = BinaryPrimitives.ReadInt32BigEndian(chunks.Content);
        }
        else if (chunks.Is("sRGB"u8))
        {
            Gamma.Value = PngGamma.OfStandard;
        }
        else if (chunks.Is("eXIf"u8))
        {
            Orientation = ExifOrientation.OfTiff(chunks.Content);
        }
    }

    private void Collect(ReadOnlySpan<byte> chunk, int most, bool pixels)
    {
        if (pixels && compressed.Length < most)
        {
            compressed = GC.AllocateUninitializedArray<byte>(Math.Max(most, compressed.Length / 2 * 3));
        }

        if (pixels)
        {
            chunk.CopyTo(compressed.AsSpan(compressedLength));
        }

        compressedLength += chunk.Length;
    }

    private void Inflate()
    {
        long size = 0;
        foreach (PngPass pass in PngPass.Of(Header))
        {
            size += pass.Rows(Header) * (1L + Header.RowBytes(pass.Columns(Header)));
        }

        if (size > compressedLength * (long)MostGrowth)
        {
            throw ImageMessages.EndsEarly(ImageFormat.Png);
        }

        if (rows.Length < size)
        {
            rows = GC.AllocateUninitializedArray<byte>(checked((int)size));
        }

        try
        {
            using var stream = new ZLibStream(
                new MemoryStream(compressed, 0, compressedLength, writable: false), CompressionMode.Decompress);
            if (stream.ReadAtLeast(rows.AsSpan(0, (int)size), (int)size, throwOnEndOfStream: false) < size)
            {
                throw ImageMessages.EndsEarly(ImageFormat.Png);
            }

            // The checksum comes last.
            stream.ReadByte();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            // An IOException, although nothing is read from a disk, says that a dictionary is wanted.
            throw ImageMessages.Damaged(ImageFormat.Png, exception);
        }
    }

    private void UndoFilters()
    {
        Span<byte> left = rows;
        foreach (PngPass pass in PngPass.Of(Header))
        {
            int length = Header.RowBytes(pass.Columns(Header)), count = pass.Rows(Header);
            ReadOnlySpan<byte> above = Zeros(length);
            for (int y = 0; y < count; y++)
            {
                Span<byte> row = left.Slice(1, length);
                PngFilters.Undo(left[0], row, above, Header.FilterDistance);
                above = row;
                left = left[(length + 1)..];
            }
        }
    }

    private ReadOnlySpan<byte> Zeros(int count)
    {
        if (zeros.Length < count)
        {
            zeros = new byte[count];
        }

        return zeros.AsSpan(0, count);
    }
}
