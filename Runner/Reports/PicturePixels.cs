using Cnn.Engine.Drawing;
using Cnn.Engine.Drawing.Layout;
using Cnn.Engine.Drawing.Pictures;
using Cnn.Proto;
using SkiaSharp;

namespace Cnn.Runner.Reports;

/// <summary>Draws a picture as pixels.</summary>
internal static class PicturePixels
{
    /// <summary>The longest side, in pixels, that most programs still show.</summary>
    public const int LongestSide = 16_000;

    // What half a gigabyte of memory holds.
    private const double MostPixels = 120e6;

    private const float Scale = 2, LeastScale = 0.5f;

    /// <summary>
    /// Returns a picture as PNG, two pixels a unit; fewer where a side would be longer than
    /// <see cref="LongestSide"/> or there would be too many.
    /// </summary>
    /// <param name="picture">The picture.</param>
    /// <param name="isDark">Whether it is drawn on a dark ground.</param>
    /// <exception cref="CnnException">It is too large to be read in that many pixels.</exception>
    public static byte[] Png(Picture picture, bool isDark)
    {
        double fitting = Math.Min(
            LongestSide / Math.Max(picture.Width, picture.Height),
            Math.Sqrt(MostPixels / (picture.Width * picture.Height)));
        float scale = Math.Min(Scale, (float)fitting);
        if (scale < LeastScale)
        {
            throw new CnnException(
                FormattableString.Invariant($"the drawing is too large for pixels: {picture.Width:0} by ")
                + FormattableString.Invariant($"{picture.Height:0} units"),
                "write an .svg, or fold it with --fold");
        }

        int width = Pixels(picture.Width), height = Pixels(picture.Height);
        using var bitmap = new SKBitmap(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(ColorOf(Ink.Ground, isDark));
            canvas.Scale(scale);
            using var painter = new Painter(canvas, isDark);
            foreach (PictureShape shape in picture.Groups.SelectMany(g => g.Shapes))
            {
                painter.Draw(shape);
            }
        }

        using SKData file = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return file.ToArray();

        int Pixels(double size) => Math.Clamp((int)Math.Ceiling(size * scale), 1, LongestSide);
    }

    private static SKColor ColorOf(Ink ink, bool isDark) => SKColor.Parse(InkColors.Color(ink, isDark));

    private sealed class Painter(SKCanvas canvas, bool isDark) : IDisposable
    {
        private readonly PictureFonts plain = new(isBold: false);
        private readonly PictureFonts bold = new(isBold: true);
        private readonly SKPathEffect dashes = SKPathEffect.CreateDash([4, 3], 0);

        public void Draw(PictureShape shape)
        {
            switch (shape)
            {
                case PictureShape.Rectangle rectangle:
                    Draw(rectangle);
                    break;
                case PictureShape.Text text:
                    Draw(text);
                    break;
                case PictureShape.Lines lines:
                    Draw(lines.Pieces);
                    break;
            }
        }

        public void Dispose()
        {
            dashes.Dispose();
            plain.Dispose();
            bold.Dispose();
        }

        private void Draw(PictureShape.Rectangle shape)
        {
            var place = SKRect.Create((float)shape.X, (float)shape.Y, (float)shape.Width, (float)shape.Height);
            float radius = (float)shape.Radius;
            if (shape.Fill != Ink.None)
            {
                SKColor color = ColorOf(shape.Fill, isDark);
                using var fill = new SKPaint
                {
                    Color = shape.IsTint ? color.WithAlpha((byte)Math.Round(255 * Picture.Tint)) : color,
                    IsAntialias = true,
                };
                canvas.DrawRoundRect(place, radius, radius, fill);
            }

            if (shape.Line != Ink.None)
            {
                using SKPaint line = Line(shape.Line, 1);
                line.PathEffect = shape.IsDashed ? dashes : null;
                canvas.DrawRoundRect(place, radius, radius, line);
            }
        }

        private void Draw(PictureShape.Text text)
        {
            float width = Draw(text.Value, text.X, text.Y, text.Size, text.Ink, text.IsBold);
            if (text.Aside.Length > 0)
            {
                var (size, gap) = PictureShape.Text.OfAside;
                Draw(text.Aside, text.X + width + gap, text.Y, size, Ink.Faint, isBold: false);
            }
        }

        // Returns the width, which is not beyond what the layout reckons with.
        private float Draw(string text, double x, double y, double size, Ink ink, bool isBold)
        {
            using SKFont font = (isBold ? bold : plain).For(text, (float)size);
            using var paint = new SKPaint { Color = ColorOf(ink, isDark), IsAntialias = true };
            float width = font.MeasureText(text), most = (float)TextWidth.Of(text, size, isBold);
            font.ScaleX = width > most ? most / width : 1;
            canvas.DrawText(text, (float)x, (float)y, SKTextAlign.Left, font, paint);
            return Math.Min(width, most);
        }

        private void Draw(IReadOnlyList<WirePiece> pieces)
        {
            var (length, half) = PictureShape.Lines.Arrow;
            using var wires = new SKPath();
            using var arrows = new SKPath();
            foreach (WirePiece piece in pieces)
            {
                float end = (float)(piece.EndsAtBox ? piece.Y2 - length : piece.Y2), x = (float)piece.X2;
                wires.MoveTo((float)piece.X1, (float)piece.Y1);
                if (piece.X1 != piece.X2)
                {
                    float arrive = Math.Min((float)piece.Arrive, end), middle = ((float)piece.Leave + arrive) / 2;
                    wires.LineTo((float)piece.X1, (float)piece.Leave);
                    wires.CubicTo((float)piece.X1, middle, x, middle, x, arrive);
                }

                wires.LineTo(x, end);
                if (piece.EndsAtBox)
                {
                    arrows.MoveTo(x, (float)piece.Y2);
                    arrows.LineTo(x - (float)half, end);
                    arrows.LineTo(x + (float)half, end);
                    arrows.Close();
                }
            }

            using SKPaint line = Line(Ink.Faint, (float)Picture.LineWidth);
            using var fill = new SKPaint { Color = ColorOf(Ink.Faint, isDark), IsAntialias = true };
            canvas.DrawPath(wires, line);
            canvas.DrawPath(arrows, fill);
        }

        private SKPaint Line(Ink ink, float width) => new()
        {
            Color = ColorOf(ink, isDark), Style = SKPaintStyle.Stroke, StrokeWidth = width, IsAntialias = true,
        };
    }
}
