namespace Cnn.Proto.Formats.Images;

/// <summary>How the pixels of a resized image come about; the names are OpenCV's.</summary>
internal enum ImageInterpolation
{
    /// <summary>From the two nearest on each axis.</summary>
    Linear,

    /// <summary>The mean of the area that a pixel covers; when enlarging, from the two nearest.</summary>
    Area,

    /// <summary>The one to the upper left.</summary>
    Nearest,

    /// <summary>From four on each axis: Keys' cubic with a = -0.75.</summary>
    Cubic,

    /// <summary>From eight on each axis: Lanczos' window of a sine.</summary>
    Lanczos4,
}
