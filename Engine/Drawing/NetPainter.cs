using Cnn.Engine.Drawing.Layout;
using Cnn.Engine.Drawing.Pictures;

namespace Cnn.Engine.Drawing;

/// <summary>Draws a graph: title, legend, wires and boxes.</summary>
internal static class NetPainter
{
    private const double Margin = 24, LegendStep = 20, TitleSize = 19, TextSize = 12.5, LeastWidth = 420;

    /// <summary>Lays out a graph and draws it.</summary>
    public static Picture Paint(NetGraph graph)
    {
        BoxFace[] faces = [.. graph.Boxes.Select(b => new BoxFace(b))];
        Dictionary<DrawnBox, int> indices = graph.Indices();
        BoxLink[] links =
        [
            .. graph.Boxes.SelectMany((box, to) => box.Sources.Select(s => new BoxLink(indices[s.Box], s.Top, to))),
        ];
        LayoutResult layout = LayeredLayout.Of([.. faces.Select(f => f.Size)], links);
        var head = new List<PictureShape>();
        double width = Math.Max(LeastWidth, layout.Width);
        (width, double top) = Head(head, graph, width);
        double left = Margin + ((width - layout.Width) / 2);
        List<PictureGroup> groups = [new("", head)];
        groups.AddRange(layout.Wires.Select(w => Moved(graph, w, left, top)));
        groups.AddRange(layout.Boxes.Select((p, i) => faces[i].At(new BoxPlace(p.X + left, p.Y + top))));
        return new Picture(
            width + (2 * Margin), top + layout.Height + Margin, $"{graph.Title}: {graph.Summary}", groups);
    }

    private static PictureGroup Moved(NetGraph graph, Wire wire, double left, double top)
    {
        DrawnBlob blob = graph.Boxes[wire.From].Tops[wire.Port];
        return new PictureGroup($"{blob.Name}: {blob.Shape}",
        [
            new PictureShape.Lines([.. wire.Pieces.Select(p => p with
            {
                X1 = p.X1 + left,
                Y1 = p.Y1 + top,
                Leave = p.Leave + top,
                X2 = p.X2 + left,
                Arrive = p.Arrive + top,
                Y2 = p.Y2 + top,
            })]),
        ]);
    }

    // Returns the width that it needs and its height.
    private static (double Width, double Height) Head(List<PictureShape> shapes, NetGraph graph, double width)
    {
        const int mostLetters = 60;
        string title = TextWidth.Fit(graph.Title, mostLetters);
        width = Math.Max(width, Math.Max(
            TextWidth.Of(title, TitleSize, isBold: true), TextWidth.Of(graph.Summary, TextSize)));
        double y = Margin + TitleSize;
        shapes.Add(new PictureShape.Text(Margin, y - 3, title, TitleSize, Ink.Text, IsBold: true));
        y += LegendStep;
        shapes.Add(new PictureShape.Text(Margin, y, graph.Summary, TextSize, Ink.Faint));
        foreach (string line in Wrapped(graph.ShapeNote, width))
        {
            y += LegendStep - 2;
            shapes.Add(new PictureShape.Text(Margin, y, line, TextSize, Ink.Faint));
        }

        return (width, Legend(shapes, graph, width, y + LegendStep + 4) + Margin);
    }

    private static IEnumerable<string> Wrapped(string text, double width)
    {
        string line = "";
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string longer = line.Length == 0 ? word : $"{line} {word}";
            if (line.Length > 0 && TextWidth.Of(longer, TextSize) > width)
            {
                yield return line;
                longer = word;
            }

            line = longer;
        }

        if (line.Length > 0)
        {
            yield return line;
        }
    }

    private static double Legend(List<PictureShape> shapes, NetGraph graph, double width, double y)
    {
        const double swatch = 12, gap = 18;
        double x = Margin;
        foreach (LayerKind kind in graph.Boxes.SelectMany(b => b.Layers).Select(r => r.Kind).Distinct().Order())
        {
            Entry(LayerKinds.NameOf(kind), new PictureShape.Rectangle(
                0, 0, swatch, swatch, 3, InkColors.Of(kind)));
        }

        if (graph.Boxes.Any(b => b.Module is not null))
        {
            Entry("folded module", new PictureShape.Rectangle(
                0.5, 0.5, swatch - 1, swatch - 1, 3, Ink.None, Line: Ink.Faint));
        }

        if (graph.Boxes.Any(b => b.IsOutput))
        {
            Entry("output", new PictureShape.Rectangle(
                0.5, 0.5, swatch - 1, swatch - 1, 6, Ink.None, Line: Ink.Faint, IsDashed: true));
        }

        return y;

        void Entry(string name, PictureShape.Rectangle mark)
        {
            double wide = swatch + 6 + TextWidth.Of(name, TextSize);
            if (x > Margin && x + wide > Margin + width)
            {
                (x, y) = (Margin, y + LegendStep);
            }

            shapes.Add(mark with { X = x + mark.X, Y = y - 10.5 + mark.Y });
            shapes.Add(new PictureShape.Text(x + swatch + 6, y, name, TextSize, Ink.Text));
            x += wide + gap;
        }
    }
}
