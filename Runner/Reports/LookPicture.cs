using Cnn.Engine.Inspection;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using SkiaSharp;

namespace Cnn.Runner.Reports;

/// <summary>
/// A picture of what is in a net: sections of tiles one under the other, each with its title and its scale of colours.
/// </summary>
/// <param name="title">What it shows.</param>
/// <param name="subtitle">Of which net, weights and image.</param>
/// <param name="isDark">Whether the ground is dark.</param>
internal sealed class LookPicture(string title, string subtitle, bool isDark)
{
    // All sizes are in pixels of the file, which has two for each pixel of a usual screen.
    private const int Margin = 56, MostWidth = 1760, BetweenSections = 64, BetweenBeside = 72, Head = 84, Foot = 76;
    private const int TitleHeight = 132, BarWidth = 360, BarHeight = 20;
    private const int TitleSize = 40, SubtitleSize = 26, HeadSize = 30, DetailSize = 24, LabelSize = 22;
    private const long MostPixels = 120_000_000;

    private readonly PictureStyle style = new(isDark);
    private readonly List<LookSection> sections = [];

    /// <summary>Adds a section.</summary>
    public void Add(LookSection section) => sections.Add(section);

    /// <summary>Writes the picture.</summary>
    /// <param name="path">The PNG file.</param>
    /// <exception cref="CnnException">The picture is too large, or the file cannot be written.</exception>
    public void Save(string path)
    {
        (int width, int height) = Walk(null);
        if ((long)width * height > MostPixels)
        {
            throw new CnnException(
                $"the picture would have {width} x {height} pixels", "show fewer layers or blobs, or a smaller --most");
        }

        using var bitmap = new SKBitmap(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(style.Ground);
            PictureStyle.Write(canvas, title, Margin, Margin + TitleSize, TitleSize, style.Text, isBold: true);
            PictureStyle.Write(canvas, subtitle, Margin, Margin + TitleSize + 46, SubtitleSize, style.Faint);
            Walk(canvas);
        }

        using SKData file = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        byte[] bytes = file.ToArray();
        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    // Places the sections, and draws them where there is a canvas; returns the size of the whole.
    private (int Width, int Height) Walk(SKCanvas? canvas)
    {
        float right = Margin + Math.Max(
            PictureStyle.WidthOf(title, TitleSize, isBold: true), PictureStyle.WidthOf(subtitle, SubtitleSize));
        float left = Margin, top = Margin + TitleHeight, bottom = top, lastRight = Margin;
        foreach (LookSection section in sections)
        {
            if (section.IsBeside)
            {
                left = lastRight + BetweenBeside;
            }
            else if (bottom > top)
            {
                (left, top) = (Margin, bottom + BetweenSections);
            }

            TileGrid grid = TileGrid.Of(section.Sheet, MostWidth);
            if (canvas is not null)
            {
                Draw(canvas, section, grid, left, top);
            }

            lastRight = left + WidthOf(section, grid);
            right = Math.Max(right, lastRight);
            bottom = Math.Max(bottom, top + Head + grid.Height + Foot);
        }

        return ((int)MathF.Ceiling(right + Margin), (int)MathF.Ceiling(bottom + Margin));
    }

    private void Draw(SKCanvas canvas, LookSection section, TileGrid grid, float left, float top)
    {
        PictureStyle.Write(canvas, section.Title, left, top + HeadSize, HeadSize, style.Text, isBold: true);
        PictureStyle.Write(canvas, section.Detail, left, top + HeadSize + 34, DetailSize, style.Faint);
        DrawTiles(canvas, section.Sheet, grid, left, top + Head);
        DrawScale(canvas, section, left, top + Head + grid.Height + 24);
    }

    private static void DrawTiles(SKCanvas canvas, TileSheet sheet, TileGrid grid, float left, float top)
    {
        // Each tile is an image of its own: scaled down in one with others, their edges would mix.
        var pixels = new PlanarImage();
        using SKBitmap bitmap = new(sheet.TileWidth, sheet.TileHeight, SKColorType.Bgra8888, SKAlphaType.Opaque);
        SKSamplingOptions sampling = grid.IsEnlarged
            ? new SKSamplingOptions(SKFilterMode.Nearest)
            : new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear);
        for (int tile = 0; tile < sheet.Count; tile++)
        {
            float x = left + (tile % grid.Columns * (grid.TileWidth + grid.Gap));
            float y = top + (tile / grid.Columns * (grid.TileHeight + grid.Gap));
            sheet.CopyTile(tile, pixels);
            DetectionPicture.Copy(pixels, bitmap);
            using SKImage image = SKImage.FromBitmap(bitmap);
            canvas.DrawImage(image, SKRect.Create(x, y, grid.TileWidth, grid.TileHeight), sampling);
        }
    }

    private void DrawScale(SKCanvas canvas, LookSection section, float left, float top)
    {
        using var ink = new SKPaint();
        for (int x = 0; x < BarWidth; x++)
        {
            ReadOnlySpan<byte> color = section.Sheet.Colors.At(x / (BarWidth - 1f));
            ink.Color = new SKColor(color[2], color[1], color[0]);
            canvas.DrawRect(left + x, top, 1, BarHeight, ink);
        }

        // The ends of a scale may be as light or dark as the ground.
        using var line = new SKPaint { Color = style.Grid, Style = SKPaintStyle.Stroke };
        canvas.DrawRect(left - 0.5f, top - 0.5f, BarWidth + 1, BarHeight + 1, line);
        (string least, string greatest) = section.Ends
            ?? (LookSections.Number(section.Sheet.Least), LookSections.Number(section.Sheet.Greatest));
        float y = top + BarHeight + 28;
        PictureStyle.Write(canvas, least, left, y, LabelSize, style.Text);
        float last = BarWidth - PictureStyle.WidthOf(greatest, LabelSize);
        PictureStyle.Write(canvas, greatest, left + last, y, LabelSize, style.Text);
        if (section.Sheet is { Least: < 0, Greatest: > 0 } sheet)
        {
            float zero = -sheet.Least / (sheet.Greatest - sheet.Least) * BarWidth;
            float half = PictureStyle.WidthOf("0", LabelSize) / 2, apart = half + 10;
            if (zero - apart > PictureStyle.WidthOf(least, LabelSize) && zero + apart < last)
            {
                PictureStyle.Write(canvas, "0", left + zero - half, y, LabelSize, style.Text);
            }
        }

        PictureStyle.Write(canvas, section.Note, left + BarWidth + 28, top + BarHeight - 1, LabelSize, style.Faint);
    }

    private static float WidthOf(LookSection section, TileGrid grid) => Math.Max(
        Math.Max(grid.Width, PictureStyle.WidthOf(section.Detail, DetailSize)),
        Math.Max(
            PictureStyle.WidthOf(section.Title, HeadSize, isBold: true),
            BarWidth + (section.Note.Length > 0 ? 28 + PictureStyle.WidthOf(section.Note, LabelSize) : 0)));
}
