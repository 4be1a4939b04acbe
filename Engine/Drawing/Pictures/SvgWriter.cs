using System.Text;
using Cnn.Engine.Drawing.Layout;

namespace Cnn.Engine.Drawing.Pictures;

/// <summary>
/// Writes a picture as SVG that is light or dark as its viewer is, and that can stand inside an HTML page: all classes
/// begin with <c>cnn-net</c>, and there are no ids.
/// </summary>
internal static class SvgWriter
{
    private const string Prefix = "cnn-net";

    /// <summary>Writes a picture.</summary>
    public static string Write(Picture picture)
    {
        string width = NumberText.Of(picture.Width), height = NumberText.Of(picture.Height);
        var text = new StringBuilder();
        text.Append("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"").Append(Prefix).Append("\" width=\"")
            .Append(width).Append("\" height=\"").Append(height).Append("\" viewBox=\"0 0 ").Append(width).Append(' ')
            .Append(height).Append("\" role=\"img\" aria-label=\"").Append(Escape(picture.Title)).Append("\">\n");
        Style(text);
        text.Append("<rect class=\"").Append(FillOf(Ink.Ground)).Append("\" width=\"").Append(width)
            .Append("\" height=\"").Append(height).Append("\"/>\n");
        foreach (PictureGroup group in picture.Groups)
        {
            text.Append("<g>");
            if (group.Title.Length > 0)
            {
                text.Append("<title>").Append(Escape(group.Title)).Append("</title>");
            }

            foreach (PictureShape shape in group.Shapes)
            {
                Write(text, shape);
            }

            text.Append("</g>\n");
        }

        return text.Append("</svg>\n").ToString();
    }

    private static void Style(StringBuilder text)
    {
        text.Append("<style>\n");
        Rule(" text", $"font-family:{Picture.Fonts};white-space:pre");
        Rule("-bold", "font-weight:bold");
        Rule("-none", "fill:none");
        Rule("-tint", $"fill-opacity:{NumberText.Of(Picture.Tint)}");
        Rule("-dashed", "stroke-dasharray:4 3");
        Rule("-wire", $"fill:none;stroke-width:{NumberText.Of(Picture.LineWidth)}");
        Rule($" g:hover>.{Prefix}-wire", $"stroke-width:{NumberText.Of(2 * Picture.LineWidth)}");
        Colors(text, isDark: false);
        text.Append("@media (prefers-color-scheme:dark){\n");
        Colors(text, isDark: true);
        text.Append("}\n</style>\n");

        void Rule(string selector, string rule) =>
            text.Append('.').Append(Prefix).Append(selector).Append('{').Append(rule).Append("}\n");
    }

    private static void Colors(StringBuilder text, bool isDark)
    {
        foreach (Ink ink in InkColors.All)
        {
            string color = InkColors.Color(ink, isDark);
            text.Append('.').Append(FillOf(ink)).Append("{fill:").Append(color).Append("}.").Append(LineOf(ink))
                .Append("{stroke:").Append(color).Append("}\n");
        }
    }

    private static void Write(StringBuilder text, PictureShape shape)
    {
        switch (shape)
        {
            case PictureShape.Rectangle rectangle:
                Write(text, rectangle);
                break;
            case PictureShape.Text label:
                text.Append("<text class=\"").Append(FillOf(label.Ink)).Append(label.IsBold ? $" {Prefix}-bold" : "");
                Attribute(text.Append('"'), "x", label.X);
                Attribute(text, "y", label.Y);
                Attribute(text, "font-size", label.Size);
                text.Append('>').Append(Escape(label.Value));
                if (label.Aside.Length > 0)
                {
                    text.Append("<tspan class=\"").Append(FillOf(Ink.Faint)).Append('"');
                    Attribute(text, "dx", PictureShape.Text.OfAside.Gap);
                    Attribute(text, "font-size", PictureShape.Text.OfAside.Size);
                    text.Append(" font-weight=\"normal\">").Append(Escape(label.Aside)).Append("</tspan>");
                }

                text.Append("</text>");
                break;
            case PictureShape.Lines lines:
                Write(text, lines.Pieces);
                break;
        }
    }

    private static void Write(StringBuilder text, PictureShape.Rectangle shape)
    {
        text.Append("<rect class=\"");
        List<string> classes = [FillOf(shape.Fill)];
        if (shape.IsTint)
        {
            classes.Add($"{Prefix}-tint");
        }

        if (shape.Line != Ink.None)
        {
            classes.Add(LineOf(shape.Line));
        }

        if (shape.IsDashed)
        {
            classes.Add($"{Prefix}-dashed");
        }

        text.AppendJoin(' ', classes).Append('"');
        Attribute(text, "x", shape.X);
        Attribute(text, "y", shape.Y);
        Attribute(text, "width", shape.Width);
        Attribute(text, "height", shape.Height);
        Attribute(text, "rx", shape.Radius);
        text.Append("/>");
    }

    private static void Write(StringBuilder text, IReadOnlyList<WirePiece> pieces)
    {
        text.Append("<path class=\"").Append(Prefix).Append("-wire ").Append(LineOf(Ink.Faint)).Append("\" d=\"");
        foreach (WirePiece piece in pieces)
        {
            double end = piece.EndsAtBox ? piece.Y2 - PictureShape.Lines.Arrow.Length : piece.Y2;
            text.Append('M').Append(NumberText.Of(piece.X1)).Append(' ').Append(NumberText.Of(piece.Y1));
            if (piece.X1 != piece.X2)
            {
                // Where the band ends at the box, the arrow must not reach back beyond the bend.
                double arrive = Math.Min(piece.Arrive, end), middle = (piece.Leave + arrive) / 2;
                text.Append('V').Append(NumberText.Of(piece.Leave)).Append('C').Append(NumberText.Of(piece.X1))
                    .Append(' ').Append(NumberText.Of(middle)).Append(' ').Append(NumberText.Of(piece.X2))
                    .Append(' ').Append(NumberText.Of(middle)).Append(' ').Append(NumberText.Of(piece.X2))
                    .Append(' ').Append(NumberText.Of(arrive));
            }

            text.Append('V').Append(NumberText.Of(end));
        }

        text.Append("\"/><path class=\"").Append(FillOf(Ink.Faint)).Append("\" d=\"");
        var (length, half) = PictureShape.Lines.Arrow;
        foreach (var (x, y) in pieces.Where(p => p.EndsAtBox).Select(p => (p.X2, p.Y2)).Distinct())
        {
            text.Append('M').Append(NumberText.Of(x)).Append(' ').Append(NumberText.Of(y)).Append('l')
                .Append(NumberText.Of(-half)).Append(' ').Append(NumberText.Of(-length)).Append('h')
                .Append(NumberText.Of(2 * half)).Append('z');
        }

        text.Append("\"/>");
    }

    private static void Attribute(StringBuilder text, string name, double value) =>
        text.Append(' ').Append(name).Append("=\"").Append(NumberText.Of(value)).Append('"');

    private static string FillOf(Ink ink) => ink == Ink.None ? $"{Prefix}-none" : $"{Prefix}-f{(int)ink}";

    private static string LineOf(Ink ink) => $"{Prefix}-s{(int)ink}";

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char letter in TextWidth.Clean(text, keepsLines: true))
        {
            _ = letter switch
            {
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '&' => escaped.Append("&amp;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                _ => escaped.Append(letter),
            };
        }

        return escaped.ToString();
    }
}
