namespace Cnn.Proto.Formats.Jpeg;

/// <summary>What the components of a JPEG image are.</summary>
internal enum JpegColor
{
    /// <summary>Grey.</summary>
    Grey,

    /// <summary>Luma and two differences.</summary>
    YCbCr,

    /// <summary>Red, green, blue.</summary>
    Rgb,

    /// <summary>Cyan, magenta, yellow, black, each inverted as Adobe writes them.</summary>
    Cmyk,

    /// <summary>CMYK of which the first three are luma and two differences.</summary>
    Ycck,
}
