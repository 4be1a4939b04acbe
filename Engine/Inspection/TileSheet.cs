using Cnn.Proto.Formats.Images;

namespace Cnn.Engine.Inspection;

/// <summary>Small images of one size, the tiles, to be shown side by side in rows: filters or channels.</summary>
public sealed class TileSheet
{
    /// <summary>The number of tiles that a sheet has at most if nothing else is said.</summary>
    public const int UsualMost = 256;

    private const int WholeSide = 480;

    private readonly byte[] pixels;

    /// <summary>Makes a sheet whose tiles are black.</summary>
    /// <param name="count">The number of tiles, 1 or more.</param>
    /// <param name="height">The rows of a tile.</param>
    /// <param name="width">The columns of a tile.</param>
    /// <param name="perRow">The number of tiles in a row; 0 for a sheet that is about a square.</param>
    internal TileSheet(int count, int height, int width, int perRow = 0)
    {
        (Count, TileHeight, TileWidth) = (count, height, width);
        HasFixedRows = perRow > 0;
        Columns = perRow > 0 ? perRow : Math.Min(count, SquareColumns(count, height, width));
        pixels = new byte[checked(count * 3 * height * width)];
    }

    /// <summary>The number of tiles.</summary>
    public int Count { get; }

    /// <summary>The number of tiles in a row; the last row may have fewer.</summary>
    public int Columns { get; }

    /// <summary>The number of rows of tiles.</summary>
    public int Rows => (Count + Columns - 1) / Columns;

    /// <summary>The rows of a tile, in pixels.</summary>
    public int TileHeight { get; }

    /// <summary>The columns of a tile, in pixels.</summary>
    public int TileWidth { get; }

    /// <summary>The number of tiles that there would be without a limit.</summary>
    public int Total { get; internal init; }

    /// <summary>The value that the first colour of the scale stands for.</summary>
    public float Least { get; internal init; }

    /// <summary>The value that the last colour of the scale stands for.</summary>
    public float Greatest { get; internal init; }

    /// <summary>Whether a row of tiles means something, such as a filter.</summary>
    internal bool HasFixedRows { get; }

    /// <summary>The colours from <see cref="Least"/> to <see cref="Greatest"/>.</summary>
    internal ColorMap Colors { get; init; } = ColorMap.Grey;

    /// <summary>Returns the sheet as an image, each tile's pixels enlarged so that people see them.</summary>
    public PlanarImage ToImage()
    {
        int side = Math.Max(Columns * TileWidth, Rows * TileHeight);
        int scale = Math.Max(1, WholeSide / side);
        return ToImage(scale, Math.Max(1, scale / 2));
    }

    /// <summary>Returns the sheet as an image.</summary>
    /// <param name="scale">The width and height of a tile's pixel, 1 or more.</param>
    /// <param name="gap">The pixels between tiles, 0 or more.</param>
    /// <returns>The image as B, G, R and alpha; what lies between tiles is transparent.</returns>
    public PlanarImage ToImage(int scale, int gap)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(gap);
        int stepX = (TileWidth * scale) + gap, stepY = (TileHeight * scale) + gap;
        var image = new PlanarImage();
        image.SetSize(4, (Rows * stepY) - gap, (Columns * stepX) - gap);
        image.Pixels.Clear();
        for (int tile = 0; tile < Count; tile++)
        {
            Draw(tile, image, tile % Columns * stepX, tile / Columns * stepY, scale);
        }

        return image;
    }

    /// <summary>Copies a tile into an image, as B, G, R, without enlarging it.</summary>
    internal void CopyTile(int index, PlanarImage image)
    {
        image.SetSize(3, TileHeight, TileWidth);
        int size = TileHeight * TileWidth;
        for (int channel = 0; channel < 3; channel++)
        {
            Tile(index).Slice(channel * size, size).CopyTo(image.Plane(channel));
        }
    }

    /// <summary>Paints a tile in the scale of the sheet.</summary>
    /// <param name="index">The tile.</param>
    /// <param name="values">Its values, [height, width] or [3, height, width] for blue, green and red.</param>
    internal void Paint(int index, ReadOnlySpan<float> values) => Paint(index, values, Least, Greatest);

    /// <summary>Paints a tile in a scale of its own.</summary>
    internal void Paint(int index, ReadOnlySpan<float> values, float least, float greatest)
    {
        Span<byte> tile = Tile(index);
        int size = TileHeight * TileWidth;
        double extent = (double)greatest - least;
        bool isColored = values.Length > size;
        for (int i = 0; i < values.Length; i++)
        {
            float share = extent > 0 ? (float)((values[i] - (double)least) / extent) : Colors.ShareOfConstant;
            ReadOnlySpan<byte> color = Colors.At(share);
            if (isColored)
            {
                tile[i] = color[0];
                continue;
            }

            (tile[i], tile[i + size], tile[i + (2 * size)]) = (color[0], color[1], color[2]);
        }
    }

    /// <summary>Returns the pixels of a tile, [3, height, width] as B, G, R.</summary>
    internal Span<byte> Tile(int index) =>
        pixels.AsSpan(index * 3 * TileHeight * TileWidth, 3 * TileHeight * TileWidth);

    private void Draw(int tile, PlanarImage image, int left, int top, int scale)
    {
        ReadOnlySpan<byte> from = Tile(tile);
        for (int channel = 0; channel < 4; channel++)
        {
            Span<byte> plane = image.Plane(channel);
            for (int y = 0; y < TileHeight * scale; y++)
            {
                Span<byte> row = plane.Slice(((top + y) * image.Width) + left, TileWidth * scale);
                int at = ((channel * TileHeight) + (y / scale)) * TileWidth;
                for (int x = 0; x < row.Length; x++)
                {
                    row[x] = channel == 3 ? byte.MaxValue : from[at + (x / scale)];
                }
            }
        }
    }

    // The number of columns that makes the whole about half as wide again as high.
    private static int SquareColumns(int count, int height, int width) =>
        Math.Max(1, (int)Math.Round(Math.Sqrt(1.5 * count * height / width)));
}
