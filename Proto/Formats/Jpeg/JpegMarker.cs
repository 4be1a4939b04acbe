namespace Cnn.Proto.Formats.Jpeg;

/// <summary>The second byte of the markers that matter here; ITU-T T.81, table B.1.</summary>
internal static class JpegMarker
{
    /// <summary>Baseline, extended sequential and progressive frames with Huffman codes.</summary>
    public const byte Baseline = 0xC0, Extended = 0xC1, Progressive = 0xC2;

    /// <summary>Lossless frame with Huffman codes.</summary>
    public const byte Lossless = 0xC3;

    /// <summary>Huffman tables.</summary>
    public const byte HuffmanTables = 0xC4;

    /// <summary>Reserved for extensions.</summary>
    public const byte Reserved = 0xC8;

    /// <summary>The first frame with arithmetic codes: from here to 0xCF all have them, but 0xCC.</summary>
    public const byte FirstArithmetic = 0xC9;

    /// <summary>Conditions of arithmetic codes.</summary>
    public const byte ArithmeticConditions = 0xCC;

    /// <summary>The last frame.</summary>
    public const byte LastFrame = 0xCF;

    /// <summary>Restarts, numbered from 0 to 7.</summary>
    public const byte FirstRestart = 0xD0, LastRestart = 0xD7;

    /// <summary>Start and end of the image, start of a scan.</summary>
    public const byte Start = 0xD8, End = 0xD9, Scan = 0xDA;

    /// <summary>Quantization tables.</summary>
    public const byte QuantizationTables = 0xDB;

    /// <summary>The restart interval.</summary>
    public const byte RestartInterval = 0xDD;

    /// <summary>JFIF, EXIF and Adobe.</summary>
    public const byte Application0 = 0xE0, Application1 = 0xE1, Application14 = 0xEE;

    /// <summary>A marker without a segment.</summary>
    public const byte Temporary = 0x01;
}
