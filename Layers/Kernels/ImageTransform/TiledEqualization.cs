using System.Buffers;

namespace Cnn.Layers.Kernels.ImageTransform;

/// <summary>
/// Equalises the histograms of 8 x 8 tiles of an image of bytes, none of whose levels counts more than four times its
/// even share (Zuiderveld, "Contrast limited adaptive histogram equalization", 1994); between the tiles' centres the
/// results are interpolated. As OpenCV's CLAHE with a clip limit of 4; of colours the lightness is equalised, see
/// <see cref="Equalization"/>.
/// </summary>
/// <remarks>
/// Where the tiles do not divide both sides, the image is continued to the right and below, mirrored about its
/// outermost pixels: by the whole side's remainder to the next multiple of 8, or by 8 where there is none.
/// </remarks>
internal static class TiledEqualization
{
    private const int Tiles = 8;
    private const int ClipLimit = 4;

    /// <summary>Equalises grey levels.</summary>
    /// <param name="grey">The plane, [H, W].</param>
    /// <param name="height">H.</param>
    /// <param name="width">W.</param>
    public static void Run(Span<byte> grey, int height, int width)
    {
        bool isWhole = height % Tiles == 0 && width % Tiles == 0;
        int rows = (isWhole ? height : height + Tiles - (height % Tiles)) / Tiles;
        int columns = (isWhole ? width : width + Tiles - (width % Tiles)) / Tiles;
        byte[] tables = ArrayPool<byte>.Shared.Rent(Tiles * Tiles * ByteTable.Length);
        Span<int> counts = stackalloc int[ByteTable.Length];
        for (int tile = 0; tile < Tiles * Tiles; tile++)
        {
            counts.Clear();
            int top = tile / Tiles * rows, left = tile % Tiles * columns;
            for (int y = top; y < top + rows; y++)
            {
                ReadOnlySpan<byte> row = grey.Slice(BytePadding.Mirror(y, height) * width, width);
                for (int x = left; x < left + columns; x++)
                {
                    counts[row[BytePadding.Mirror(x, width)]]++;
                }
            }

            Fill(counts, rows * columns, tables.AsSpan(tile * ByteTable.Length, ByteTable.Length));
        }

        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                ref byte pixel = ref grey[(y * width) + x];
                pixel = Between(tables, pixel, (y * (1f / rows)) - 0.5f, (x * (1f / columns)) - 0.5f);
            }
        }

        ArrayPool<byte>.Shared.Return(tables);
    }

    /// <summary>Equalises colours, planes [H, W].</summary>
    public static void Run(Span<byte> blue, Span<byte> green, Span<byte> red, int height, int width)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(blue.Length);
        Span<byte> lightness = rented.AsSpan(0, blue.Length);
        Equalization.ReadLightness(blue, green, red, lightness);
        Run(lightness, height, width);
        Equalization.WriteLightness(blue, green, red, lightness);
        ArrayPool<byte>.Shared.Return(rented);
    }

    // Cuts the counts off at the limit, spreads what is left over evenly, and sums up.
    private static void Fill(Span<int> counts, int total, Span<byte> table)
    {
        int limit = Math.Max(1, ClipLimit * total / ByteTable.Length), excess = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            excess += Math.Max(0, counts[i] - limit);
            counts[i] = Math.Min(counts[i], limit);
        }

        int share = excess / ByteTable.Length, rest = excess % ByteTable.Length;
        int step = rest == 0 ? 1 : Math.Max(1, ByteTable.Length / rest);
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] += share;
            if (i % step == 0 && rest > 0)
            {
                counts[i]++;
                rest--;
            }
        }

        float scale = 255f / total;
        int sum = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            sum += counts[i];
            table[i] = Round(sum * scale);
        }
    }

    // Interpolates what four tiles make of a level, at a place in units of tiles.
    private static byte Between(ReadOnlySpan<byte> tables, byte level, float y, float x)
    {
        int top = (int)MathF.Floor(y), left = (int)MathF.Floor(x);
        float down = y - top, across = x - left;
        int bottom = Math.Min(top + 1, Tiles - 1), right = Math.Min(left + 1, Tiles - 1);
        (top, left) = (Math.Max(top, 0), Math.Max(left, 0));
        float upper = (Of(tables, top, left, level) * (1 - across)) + (Of(tables, top, right, level) * across);
        float lower = (Of(tables, bottom, left, level) * (1 - across)) + (Of(tables, bottom, right, level) * across);
        return Round((upper * (1 - down)) + (lower * down));
    }

    private static byte Of(ReadOnlySpan<byte> tables, int row, int column, byte level) =>
        tables[(((row * Tiles) + column) * ByteTable.Length) + level];

    private static byte Round(float value) =>
        (byte)Math.Clamp(MathF.Round(value, MidpointRounding.ToEven), 0, 255);
}
