namespace Cnn.Proto.Formats.Images;

/// <summary>
/// How a stored image has to be turned to stand upright: the values of EXIF's tag 0x0112, which say where the first row
/// and the first column of the file belong.
/// </summary>
internal enum ImageOrientation
{
    /// <summary>It is upright.</summary>
    Upright = 1,

    /// <summary>Left and right change places.</summary>
    Mirrored = 2,

    /// <summary>Turned by half.</summary>
    HalfTurned = 3,

    /// <summary>Top and bottom change places.</summary>
    Flipped = 4,

    /// <summary>Rows become columns.</summary>
    Transposed = 5,

    /// <summary>A quarter turn clockwise makes it upright.</summary>
    TurnedLeft = 6,

    /// <summary>Rows become columns, then both are reversed.</summary>
    Transversed = 7,

    /// <summary>A quarter turn anticlockwise makes it upright.</summary>
    TurnedRight = 8,
}
