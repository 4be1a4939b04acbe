using Cnn.Engine.Classification;

namespace Cnn.Engine.Inspection;

/// <summary>How much each pixel of an image matters for a class.</summary>
/// <param name="Class">The class and what the net gives it.</param>
/// <param name="Height">The rows.</param>
/// <param name="Width">The columns.</param>
/// <param name="Values">The magnitudes, [height, width].</param>
public sealed record SaliencyMap(ClassScore Class, int Height, int Width, IReadOnlyList<float> Values)
{
    /// <summary>Returns the map as a sheet of one tile, from zero to the greatest magnitude.</summary>
    public TileSheet ToSheet()
    {
        float[] values = [.. Values];
        var sheet = new TileSheet(1, Height, Width)
        {
            Total = 1, Greatest = FilterSheet.Largest(values), Colors = ColorMap.Sequential,
        };
        sheet.Paint(0, values);
        return sheet;
    }
}
