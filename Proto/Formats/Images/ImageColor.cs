namespace Cnn.Proto.Formats.Images;

/// <summary>Which channels a decoded image has.</summary>
public enum ImageColor
{
    /// <summary>
    /// Those of the file: 1, 3 or 4, with alpha last, and not turned by an EXIF orientation. OpenCV's
    /// <c>IMREAD_UNCHANGED</c> for images of 8 bits.
    /// </summary>
    Stored,

    /// <summary>Three, in the order B, G, R. OpenCV's <c>IMREAD_COLOR</c>.</summary>
    Colour,

    /// <summary>One. OpenCV's <c>IMREAD_GRAYSCALE</c>.</summary>
    Grey,
}
