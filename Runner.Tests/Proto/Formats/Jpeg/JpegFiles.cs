using Cnn.Proto.Formats.Jpeg;

namespace Cnn.Tests.Proto.Formats.Jpeg;

/// <summary>JPEG files that tests write segment by segment, and codes bit by bit.</summary>
internal static class JpegFiles
{
    /// <summary>The content of a JFIF segment.</summary>
    public static byte[] Jfif => [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0];

    /// <summary>The content of Adobe's segment.</summary>
    public static byte[] Adobe(byte transform) => [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, transform];

    /// <summary>The content of an EXIF segment of one entry, the orientation.</summary>
    public static byte[] Exif(byte orientation) =>
    [
        .. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
    ];

    /// <summary>Returns the file of some segments.</summary>
    public static byte[] File(params byte[][] segments) =>
        [0xFF, JpegMarker.Start, .. segments.SelectMany(s => s), 0xFF, JpegMarker.End];

    /// <summary>Returns a segment with its marker and length.</summary>
    public static byte[] Segment(byte marker, params byte[] content) =>
        [0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content];

    /// <summary>Returns a frame; a component is its number, its sampling factors as a byte, and its table.</summary>
    public static byte[] Frame(byte marker, int width, int height, params (byte Id, byte Sampling, byte Table)[] of) =>
        Segment(
            marker,
            [
                8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, (byte)of.Length,
                .. of.SelectMany(c => new[] { c.Id, c.Sampling, c.Table }),
            ]);

    /// <summary>Returns quantization table 0 with one divisor for all coefficients.</summary>
    public static byte[] Quantization(byte divisor) =>
        Segment(JpegMarker.QuantizationTables, [0, .. Enumerable.Repeat(divisor, 64)]);

    /// <summary>Returns a Huffman table in which every symbol has four bits, its place.</summary>
    public static byte[] Codes(byte kindAndNumber, params byte[] symbols) =>
        Segment(
            JpegMarker.HuffmanTables,
            [kindAndNumber, 0, 0, 0, (byte)symbols.Length, .. new byte[12], .. symbols]);

    /// <summary>Returns the header of a scan whose components use the tables 0.</summary>
    public static byte[] Scan(int first, int last, int high, int low, params byte[] ids) =>
        Segment(
            JpegMarker.Scan,
            [
                (byte)ids.Length, .. ids.SelectMany(id => new byte[] { id, 0 }), (byte)first, (byte)last,
                (byte)((high << 4) | low),
            ]);

    /// <summary>Returns bits as a scan has them: the last byte is filled with ones, a zero follows each 0xFF.</summary>
    public static byte[] Bits(string bits)
    {
        string digits = bits.Replace(" ", "", StringComparison.Ordinal);
        digits = digits.PadRight((digits.Length + 7) / 8 * 8, '1');
        return
        [
            .. digits.Chunk(8).Select(b => Convert.ToByte(new string(b), 2))
                .SelectMany(b => b == 0xFF ? new byte[] { b, 0 } : [b]),
        ];
    }
}
