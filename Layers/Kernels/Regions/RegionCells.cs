namespace Cnn.Layers.Kernels.Regions;

/// <summary>
/// The pixels that the cells of each region cover, clipped to the map, and the image of each region. A region is a box
/// (x1, y1, x2, y2) in pixels of the image.
/// </summary>
/// <param name="table">The memory: <see cref="Size"/> integers.</param>
/// <param name="shape">The sizes.</param>
internal readonly unsafe struct RegionCells(int* table, RegionShape shape)
{
    // Far outside any map, and low enough for sums of a few to stay within 32 bits.
    private const float Farthest = 1 << 28;

    // Image, whether turned, then first and end of each row and of each column.
    private const int Head = 2;

    private readonly int stride = Head + (2 * (shape.Rows + shape.Columns));

    /// <summary>Returns the number of integers that the table takes.</summary>
    public static long Size(RegionShape shape) => shape.Regions * (Head + (2L * (shape.Rows + shape.Columns)));

    /// <summary>Returns the image of a region.</summary>
    public int Image(int region) => At(region)[0];

    /// <summary>Returns whether a region ends before it starts.</summary>
    public bool IsTurned(int region) => At(region)[1] != 0;

    /// <summary>
    /// Returns the pixels of a cell; the ends are exclusive. They are none where an end is not above its start.
    /// </summary>
    public (int Top, int Bottom, int Left, int Right) Cell(int region, int row, int column)
    {
        int* rows = At(region) + Head + (2 * row), columns = At(region) + Head + (2 * (shape.Rows + column));
        return (rows[0], rows[1], columns[0], columns[1]);
    }

    /// <summary>
    /// Sets a region by the rule of ROIPooling (Girshick 2015): the corners are scaled and rounded to whole pixels,
    /// both of which belong to the region; one that ends before it starts is one pixel.
    /// </summary>
    public void SetPixels(int region, int image, float* box, float scale)
    {
        int left = Rounded(box[0] * scale), top = Rounded(box[1] * scale);
        int right = Rounded(box[2] * scale), bottom = Rounded(box[3] * scale);
        At(region)[0] = image;
        At(region)[1] = right < left || bottom < top ? 1 : 0;
        Split(At(region) + Head, shape.Rows, Math.Max(bottom - top + 1, 1), top, 0, shape.Height);
        Split(
            At(region) + Head + (2 * shape.Rows), shape.Columns, Math.Max(right - left + 1, 1), left, 0, shape.Width);
    }

    /// <summary>
    /// Sets a region by the rule of PSROIPooling (Dai et al. 2016): the corners are rounded to whole pixels of the
    /// image, both of which belong to the region, and scaled; the sides are 0.1 at least.
    /// </summary>
    public void SetScaled(int region, int image, float* box, float scale)
    {
        float left = Rounded(box[0]) * scale, top = Rounded(box[1]) * scale;
        float right = (Rounded(box[2]) + 1) * scale, bottom = (Rounded(box[3]) + 1) * scale;
        At(region)[0] = image;
        At(region)[1] = right < left || bottom < top ? 1 : 0;
        Split(At(region) + Head, shape.Rows, Math.Max(bottom - top, 0.1f), 0, top, shape.Height);
        Split(At(region) + Head + (2 * shape.Rows), shape.Columns, Math.Max(right - left, 0.1f), 0, left, shape.Width);
    }

    // Neighbouring cells share the pixel that their border crosses.
    private static void Split(int* cells, int count, float size, int offset, float start, int limit)
    {
        float cell = size / count;
        for (int i = 0; i < count; i++)
        {
            cells[2 * i] = Math.Clamp((int)MathF.Floor((i * cell) + start) + offset, 0, limit);
            cells[(2 * i) + 1] = Math.Clamp((int)MathF.Ceiling(((i + 1) * cell) + start) + offset, 0, limit);
        }
    }

    private static int Rounded(float value) =>
        (int)MathF.Round(Math.Clamp(value, -Farthest, Farthest), MidpointRounding.AwayFromZero);

    private int* At(int region) => table + ((long)region * stride);
}
