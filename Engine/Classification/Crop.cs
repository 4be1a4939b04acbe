namespace Cnn.Engine.Classification;

/// <summary>A part of an image that goes into the net.</summary>
/// <param name="Top">Its first row.</param>
/// <param name="Left">Its first column.</param>
/// <param name="IsMirrored">Whether left and right are exchanged.</param>
internal readonly record struct Crop(int Top, int Left, bool IsMirrored)
{
    /// <summary>Returns the crop of the centre; half pixels are cut off.</summary>
    public static Crop[] Centre(int height, int width, int cropHeight, int cropWidth) =>
        [new Crop((height - cropHeight) / 2, (width - cropWidth) / 2, false)];

    /// <summary>
    /// Returns the ten crops of pycaffe's <c>oversample</c>, in its order: top left, top right, bottom left, bottom
    /// right, centre, and the five once more with left and right exchanged.
    /// </summary>
    public static Crop[] Ten(int height, int width, int cropHeight, int cropWidth)
    {
        int bottom = height - cropHeight, right = width - cropWidth;
        Crop[] five =
        [
            new(0, 0, false), new(0, right, false), new(bottom, 0, false), new(bottom, right, false),
            .. Centre(height, width, cropHeight, cropWidth),
        ];
        return [.. five, .. five.Select(crop => crop with { IsMirrored = true })];
    }
}
