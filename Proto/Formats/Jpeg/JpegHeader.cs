using System.Buffers.Binary;
using Cnn.Proto.Formats.Images;

namespace Cnn.Proto.Formats.Jpeg;

/// <summary>
/// Reads the segments of a JPEG file up to the next scan: frame, tables, and what JFIF, EXIF and Adobe say; ITU-T T.81,
/// annex B. One object serves one image after the other.
/// </summary>
internal sealed partial class JpegHeader
{
    private const int Tables = 4, MostBlocksOfUnit = 10;

    private readonly JpegComponent[] components = [new(), new(), new(), new()];
    private readonly short[] multipliers = new short[Tables * JpegComponent.BlockSize];
    private readonly bool[] hasMultipliers = new bool[Tables];
    private readonly HuffmanTable[] differences = [new(), new(), new(), new()];
    private readonly HuffmanTable[] others = [new(), new(), new(), new()];
    private int count, adobe;
    private bool jfif, isAfterScan;

    /// <summary>Where the next segment is.</summary>
    public int Position { get; set; }

    /// <summary>The size of the image; zero until the frame was read.</summary>
    public int Width { get; private set; }

    /// <inheritdoc cref="Width"/>
    public int Height { get; private set; }

    /// <summary>Whether the frame is progressive.</summary>
    public bool IsProgressive { get; private set; }

    /// <summary>The components of the frame.</summary>
    public ReadOnlySpan<JpegComponent> Components => components.AsSpan(0, count);

    /// <summary>The largest sampling factors.</summary>
    public int Horizontal { get; private set; }

    /// <inheritdoc cref="Horizontal"/>
    public int Vertical { get; private set; }

    /// <summary>The units between two restart markers; 0 for none.</summary>
    public int RestartInterval { get; private set; }

    /// <summary>The header of the scan that was reached.</summary>
    public JpegScan Scan { get; } = new();

    /// <summary>How the image has to be turned.</summary>
    public ImageOrientation Orientation { get; private set; }

    /// <summary>What the components are, as libjpeg decides it.</summary>
    public JpegColor Color => count switch
    {
        1 => JpegColor.Grey,
        3 when jfif => JpegColor.YCbCr,
        3 when adobe >= 0 => adobe == 0 ? JpegColor.Rgb : JpegColor.YCbCr,
        3 => (components[0].Id, components[1].Id, components[2].Id) == ('R', 'G', 'B')
            ? JpegColor.Rgb
            : JpegColor.YCbCr,
        _ => adobe > 0 ? JpegColor.Ycck : JpegColor.Cmyk,
    };

    /// <summary>Starts a file, which begins with the marker of an image.</summary>
    public void Start()
    {
        (Position, Width, Height, count, adobe, jfif) = (2, 0, 0, 0, -1, false);
        (RestartInterval, IsProgressive, Orientation) = (0, false, ImageOrientation.Upright);
        isAfterScan = false;
        hasMultipliers.AsSpan().Clear();
        foreach (HuffmanTable table in differences)
        {
            table.Forget();
        }

        foreach (HuffmanTable table in others)
        {
            table.Forget();
        }
    }

    /// <summary>Reads up to the data of the next scan.</summary>
    /// <returns>Whether there is a scan; false at the end of the image.</returns>
    /// <exception cref="CnnException">A segment is damaged or of a kind that is not decoded.</exception>
    public bool FindScan(ReadOnlySpan<byte> file)
    {
        var reader = new SegmentReader(file, Position);
        while (reader.TryReadMarker(out byte marker) && marker != JpegMarker.End)
        {
            if (marker == JpegMarker.Start)
            {
                throw JpegMessages.Damaged("an image starts within it");
            }

            ReadOnlySpan<byte> segment = reader.ReadSegment();
            if (marker == JpegMarker.Scan)
            {
                Position = reader.Position;
                ReadScan(segment);
                isAfterScan = true;
                return true;
            }

            Read(marker, segment);
        }

        return false;
    }

    private void Read(byte marker, ReadOnlySpan<byte> segment)
    {
        switch (marker)
        {
            case JpegMarker.HuffmanTables:
                ReadHuffmanTables(segment);
                break;
            case JpegMarker.QuantizationTables:
                ReadQuantizationTables(segment);
                break;
            case JpegMarker.RestartInterval:
                RestartInterval = segment.Length == 2
                    ? BinaryPrimitives.ReadUInt16BigEndian(segment)
                    : throw JpegMessages.Damaged("its restart interval is not two bytes long");
                break;
            // libjpeg decides with the first scan what the image is; JpegSize stops there.
            case JpegMarker.Application0 or JpegMarker.Application1 or JpegMarker.Application14 when isAfterScan:
                break;
            case JpegMarker.Application0:
                jfif |= segment.Length >= 14 && segment.StartsWith("JFIF\0"u8);
                break;
            case JpegMarker.Application1 when Orientation == ImageOrientation.Upright:
                Orientation = ExifOrientation.OfSegment(segment);
                break;
            case JpegMarker.Application14 when segment.Length >= 12 && segment.StartsWith("Adobe"u8):
                adobe = segment[11];
                break;
            case JpegMarker.Baseline or JpegMarker.Extended or JpegMarker.Progressive:
                ReadFrame(marker, segment);
                break;
            case JpegMarker.ArithmeticConditions or JpegMarker.Reserved:
                break;
            case >= JpegMarker.FirstArithmetic and <= JpegMarker.LastFrame:
                throw JpegMessages.NotDecoded("arithmetic-coded");
            case JpegMarker.Lossless:
                throw JpegMessages.NotDecoded("lossless");
            case > JpegMarker.HuffmanTables and < JpegMarker.Reserved:
                throw JpegMessages.NotDecoded("hierarchical");
        }
    }

    private void ReadFrame(byte marker, ReadOnlySpan<byte> segment)
    {
        if (count > 0)
        {
            throw JpegMessages.Damaged("it has two frames");
        }

        if (segment.Length < 6 || segment.Length < 6 + (3 * segment[5]))
        {
            throw JpegMessages.Damaged("the header of its frame is too short");
        }

        if (segment[0] != 8)
        {
            throw JpegMessages.NotDecoded($"{segment[0]}-bit");
        }

        int height = BinaryPrimitives.ReadUInt16BigEndian(segment[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(segment[3..]);
        if (width == 0 || height == 0)
        {
            throw JpegMessages.Damaged($"it says that it has {width} x {height} pixels");
        }

        if (!ImageLimits.Allow(height, width))
        {
            throw ImageMessages.TooLarge(width, height);
        }

        int number = segment[5];
        if (number is not (1 or 3 or 4))
        {
            throw JpegMessages.Damaged($"it has {number} components; 1, 3 or 4 are decoded");
        }

        ReadComponents(segment[6..], number, height, width);
        (Height, Width, count, IsProgressive) = (height, width, number, marker == JpegMarker.Progressive);
    }

    private void ReadComponents(ReadOnlySpan<byte> segment, int number, int height, int width)
    {
        (Horizontal, Vertical) = (1, 1);
        for (int i = 0; i < number; i++)
        {
            ReadOnlySpan<byte> entry = segment.Slice(3 * i, 3);
            int horizontal = entry[1] >> 4, vertical = entry[1] & 15;
            if (horizontal is < 1 or > 4 || vertical is < 1 or > 4)
            {
                throw JpegMessages.Damaged($"a component has the sampling factors {horizontal} x {vertical}");
            }

            components[i].Start(entry[0], horizontal, vertical, entry[2]);
            Horizontal = Math.Max(Horizontal, horizontal);
            Vertical = Math.Max(Vertical, vertical);
        }

        foreach (JpegComponent component in components.AsSpan(0, number))
        {
            if (Horizontal % component.Horizontal != 0 || Vertical % component.Vertical != 0)
            {
                throw JpegMessages.NotDecoded("fractionally subsampled");
            }

            component.SetSize(width, height, Horizontal, Vertical);
        }
    }
}
