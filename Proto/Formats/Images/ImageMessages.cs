namespace Cnn.Proto.Formats.Images;

/// <summary>The errors of image files. They say what is wrong with an image; the caller says with which.</summary>
internal static class ImageMessages
{
    private const string Known = "convert it to PNG or JPEG";

    public static CnnException Empty() => new("the image has no bytes");

    public static CnnException NotAnImage() => new(
        "this is no image of a known format", "JPEG, PNG, BMP and WebP are decoded");

    public static CnnException NotDecoded(string format) => new($"{format} images are not decoded", Known);

    public static CnnException Damaged(ImageFormat format, Exception? inner = null) => new(
        $"the {Name(format)} image is damaged", "fetch it again", inner);

    public static CnnException EndsEarly(ImageFormat format) => new(
        $"the {Name(format)} image ends early", "fetch it again");

    public static CnnException TooLarge(int width, int height) => new(
        $"the image says that it has {width} x {height} pixels; up to {ImageLimits.Pixels} are decoded");

    public static CnnException TooLarge(int width, int height, int length) => new(
        $"the image says that it has {width} x {height} pixels, which its {length} bytes cannot hold",
        "fetch it again");

    public static CnnException SixteenBits() => new(
        "the image has 16 bits a channel, which do not fit into bytes as they are stored",
        "read it in colour or grey, or convert it to 8 bits");

    public static CnnException NotEncoded(string extension) => new(
        $"images are not written as '{extension}'", "jpg, jpeg, png and bmp are written");

    public static CnnException Channels(string format, int channels) => new(
        $"{channels} channels do not fit into a {format} image", "1, 3 or, in PNG, 4 do");

    private static string Name(ImageFormat format) => format switch
    {
        ImageFormat.Png => "PNG",
        ImageFormat.Bmp => "BMP",
        _ => $"{format}",
    };
}
