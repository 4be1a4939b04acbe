namespace Cnn.Proto.Formats.Images;

/// <summary>What an image may ask for before it is called damaged.</summary>
internal static class ImageLimits
{
    /// <summary>
    /// The pixels of one image: a header of a few bytes must not make us allocate gigabytes. Above the largest
    /// photographs and below the 2^30 that OpenCV takes.
    /// </summary>
    public const int Pixels = 1 << 28;

    /// <summary>Returns whether an image of this size is decoded.</summary>
    public static bool Allow(int height, int width) =>
        height > 0 && width > 0 && (long)height * width <= Pixels;

    /// <summary>
    /// Returns whether a file of some bytes can hold so many pixels. A run of 255 is two bytes of a bitmap; WebP codes
    /// areas of one colour in next to nothing, so that small files may have as many as a photograph.
    /// </summary>
    public static bool Allow(int height, int width, int length, ImageFormat format) =>
        (long)height * width <= (format == ImageFormat.WebP ? (1 << 24) + (4096L * length) : 1024L * length);
}
