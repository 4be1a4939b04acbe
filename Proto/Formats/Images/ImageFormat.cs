namespace Cnn.Proto.Formats.Images;

/// <summary>The formats that an image file may have.</summary>
internal enum ImageFormat
{
    /// <summary>None that is known here.</summary>
    Unknown,

    /// <summary>JPEG.</summary>
    Jpeg,

    /// <summary>PNG.</summary>
    Png,

    /// <summary>Windows bitmap.</summary>
    Bmp,

    /// <summary>WebP.</summary>
    WebP,

    /// <summary>GIF, which is told apart to say that it is not decoded.</summary>
    Gif,

    /// <summary>TIFF, which is told apart to say that it is not decoded.</summary>
    Tiff,
}
