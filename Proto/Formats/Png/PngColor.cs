namespace Cnn.Proto.Formats.Png;

/// <summary>The colour types of PNG.</summary>
internal enum PngColor
{
    /// <summary>Grey of 1, 2, 4, 8 or 16 bits.</summary>
    Grey = 0,

    /// <summary>R, G, B of 8 or 16 bits.</summary>
    Colour = 2,

    /// <summary>Numbers of colours in a table.</summary>
    Palette = 3,

    /// <summary>Grey and alpha.</summary>
    GreyAlpha = 4,

    /// <summary>R, G, B and alpha.</summary>
    ColourAlpha = 6,
}
