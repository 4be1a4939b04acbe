namespace Cnn.Proto.Formats.Jpeg;

/// <summary>The errors of JPEG files.</summary>
internal static class JpegMessages
{
    public static CnnException Damaged(string what) => new($"the JPEG image is damaged: {what}", "fetch it again");

    public static CnnException EndsEarly() => new("the JPEG image ends early", "fetch it again");

    public static CnnException BadCode() => Damaged("a code is in none of its Huffman tables");

    public static CnnException NotDecoded(string kind) => new(
        $"{kind} JPEG images are not decoded", "convert it to a baseline or progressive JPEG of 8 bits");

    public static CnnException Incomplete() => new(
        "the progressive JPEG image lacks scans: it would be a blurred preview", "fetch it again");
}
