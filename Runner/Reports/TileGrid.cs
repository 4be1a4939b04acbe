using Cnn.Engine.Inspection;

namespace Cnn.Runner.Reports;

/// <summary>How large the tiles of a sheet are drawn, and how many stand in a row.</summary>
/// <param name="Columns">The tiles in a row.</param>
/// <param name="Rows">The rows.</param>
/// <param name="TileWidth">The width of a drawn tile.</param>
/// <param name="TileHeight">The height of a drawn tile.</param>
/// <param name="Gap">What lies between two.</param>
/// <param name="IsEnlarged">Whether each pixel of a tile is drawn as a square of whole pixels.</param>
internal readonly record struct TileGrid(
    int Columns, int Rows, int TileWidth, int TileHeight, int Gap, bool IsEnlarged)
{
    private const int LeastSide = 48, MostSide = 192, LeastCell = 18, MostCell = 48, LargeSide = 560, Area = 1760 * 640;

    /// <summary>The width of the whole.</summary>
    public int Width => (Columns * (TileWidth + Gap)) - Gap;

    /// <summary>The height of the whole.</summary>
    public int Height => (Rows * (TileHeight + Gap)) - Gap;

    /// <summary>Chooses the sizes: large for few tiles, small for many, never wider than there is room.</summary>
    public static TileGrid Of(TileSheet sheet, int room)
    {
        bool isCell = sheet.TileWidth * sheet.TileHeight == 1;
        double side = sheet.Count == 1 ? LargeSide
            : isCell ? Math.Clamp(Math.Sqrt(Area / 2.0 / sheet.Count), LeastCell, MostCell)
            : Math.Clamp(Math.Sqrt(Area / (double)sheet.Count), LeastSide, MostSide);
        int gap = isCell ? 2 : Math.Clamp((int)(side / 16), 4, 8);
        if (sheet.HasFixedRows)
        {
            side = Math.Min(side, ((room + gap) / (double)sheet.Columns) - gap);
        }

        double factor = Math.Min(side / Math.Max(sheet.TileWidth, sheet.TileHeight), room / (double)sheet.TileWidth);
        factor = factor >= 1 ? Math.Floor(factor) : factor;
        int width = Math.Max(1, (int)(sheet.TileWidth * factor));
        int height = Math.Max(1, (int)(sheet.TileHeight * factor));
        int columns = sheet.HasFixedRows
            ? sheet.Columns
            : Balanced(sheet.Count, Math.Max(1, (room + gap) / (width + gap)));
        return new TileGrid(columns, (sheet.Count + columns - 1) / columns, width, height, gap, factor >= 1);
    }

    // As few rows as there can be, all about as long.
    private static int Balanced(int count, int most)
    {
        int rows = (count + most - 1) / most;
        return (count + rows - 1) / rows;
    }
}
