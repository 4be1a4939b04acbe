using Cnn.Engine.Drawing.Layout;
using Cnn.Engine.Drawing.Pictures;

namespace Cnn.Engine.Drawing;

/// <summary>What a box looks like: its lines, its size and its shapes once it has a place.</summary>
internal sealed class BoxFace
{
    private const int MostLetters = 46, MostText = 72, MostLines = 9, MostTops = 6;
    private const double NameSize = 13, TextSize = 12, FaintSize = 11.5, Side = 11, Stripe = 16, Edge = 7, Sheet = 3.5;

    private readonly DrawnBox box;
    private readonly List<BoxLine> lines;

    /// <summary>Makes the face of a box.</summary>
    public BoxFace(DrawnBox box)
    {
        this.box = box;
        lines = box.IsOutput ? Output(box) : box.Module is { } module ? Of(box, module) : OfLayers(box);
        double sheets = box.Module is null ? 0 : 2 * Sheet;
        Size = new BoxSize(
            Math.Ceiling(lines.Max(l => l.Width)) + (2 * Side) + (box.IsOutput ? 0 : Stripe - Side) + sheets,
            lines.Sum(l => l.Height) + (2 * Edge) + sheets);
    }

    /// <summary>The size that it takes.</summary>
    public BoxSize Size { get; }

    /// <summary>Returns its shapes.</summary>
    public PictureGroup At(BoxPlace place)
    {
        var shapes = new List<PictureShape>();
        double x = place.X, y = place.Y, width = Size.Width, height = Size.Height;
        Ink line = box.IsOutput ? Ink.Faint : InkColors.Of(box.Kind);
        if (box.Module is not null)
        {
            (width, height) = (width - (2 * Sheet), height - (2 * Sheet));
            for (int sheet = 2; sheet > 0; sheet--)
            {
                double shift = sheet * Sheet;
                shapes.Add(new PictureShape.Rectangle(
                    x + shift, y + (2 * Sheet) - shift, width, height, 5, Ink.Ground, Line: Ink.Faint));
            }

            (y, line) = (y + (2 * Sheet), Ink.Faint);
        }

        double radius = box.IsOutput ? height / 2 : 5;
        shapes.Add(new PictureShape.Rectangle(x, y, width, height, radius, Ink.Ground));
        bool isTint = !box.IsOutput && box.Module is null;
        shapes.Add(new PictureShape.Rectangle(
            x, y, width, height, radius, isTint ? line : Ink.None, isTint, line, box.IsOutput));
        y += Edge;
        for (int i = 0; i < lines.Count; i++)
        {
            if (lines[i] is { Stripe: { } kind, IsContinued: false })
            {
                double tall = lines[i].Height + lines.Skip(i + 1).TakeWhile(l => l.IsContinued).Sum(l => l.Height);
                shapes.Add(new PictureShape.Rectangle(x + 6, y + 1.5, 4, tall - 3, 2, InkColors.Of(kind)));
            }

            Add(shapes, lines[i], x, y, width);
            y += lines[i].Height;
        }

        return new PictureGroup(Title(), shapes);
    }

    private void Add(List<PictureShape> shapes, BoxLine line, double x, double y, double width)
    {
        if (line.IsApart)
        {
            shapes.Add(new PictureShape.Rectangle(x + Side, y + 0.5, width - (2 * Side), 1, 0, Ink.Grid));
        }

        double left = x + (box.IsOutput ? Side : Stripe), baseline = y + line.Height - (line.Size * 0.4);
        shapes.Add(new PictureShape.Text(left, baseline, line.Text, line.Size, line.Ink, line.IsBold, line.Aside));
    }

    private static List<BoxLine> OfLayers(DrawnBox box)
    {
        var lines = new List<BoxLine>();
        foreach (DrawnRow row in box.Rows)
        {
            bool isFirst = lines.Count == 0;
            string name = TextWidth.Fit(row.Name, MostLetters), text = TextWidth.Fit(row.Text, MostText);
            if (isFirst)
            {
                lines.Add(new BoxLine(name, NameSize, Ink.Text, IsBold: true, Stripe: row.Kind));
                lines.Add(new BoxLine(text, TextSize, Ink.Text, IsContinued: true));
            }
            else
            {
                lines.Add(new BoxLine(text, TextSize, Ink.Text, Aside: name, Stripe: row.Kind));
            }
        }

        AddFoot(lines, box);
        return lines;
    }

    private static List<BoxLine> Of(DrawnBox box, DrawnModule module)
    {
        List<BoxLine> lines =
        [
            new(
                TextWidth.Fit(module.Name, MostLetters),
                NameSize,
                Ink.Text,
                IsBold: true,
                Aside: module.Count > 1 ? $"{module.Count} equal modules" : ""),
        ];
        DrawnBox[] members = [.. module.Members.Take(module.Members.Count / module.Count)];
        List<(string Text, LayerKind Kind, int Count)> rows = Runs(members.Select(m => (m.Rows[0].Text, m.Kind)));
        if (rows.Count > MostLines)
        {
            rows = [.. members.GroupBy(m => (m.Rows[0].Type, m.Kind)).Select(g => (g.Key.Type, g.Key.Kind, g.Count()))];
        }

        lines.AddRange(rows.Take(MostLines).Select(r => new BoxLine(
            TextWidth.Fit(r.Text, MostText),
            TextSize,
            Ink.Text,
            Aside: r.Count > 1 ? $"× {r.Count}" : "",
            Stripe: r.Kind)));
        if (rows.Count > MostLines)
        {
            lines.Add(new BoxLine($"and {rows.Count - MostLines} other types", TextSize, Ink.Faint));
        }

        lines.Add(new BoxLine($"{module.Input} → {box.Tops[0].Shape}", TextSize, Ink.Text, IsApart: true));
        AddParameters(lines, box);
        return lines;
    }

    private static List<(string Text, LayerKind Kind, int Count)> Runs(IEnumerable<(string Text, LayerKind Kind)> rows)
    {
        var runs = new List<(string Text, LayerKind Kind, int Count)>();
        foreach (var (text, kind) in rows)
        {
            if (runs.Count > 0 && (runs[^1].Text, runs[^1].Kind) == (text, kind))
            {
                runs[^1] = (text, kind, runs[^1].Count + 1);
            }
            else
            {
                runs.Add((text, kind, 1));
            }
        }

        return runs;
    }

    private static List<BoxLine> Output(DrawnBox box) =>
    [
        new(TextWidth.Fit(box.Tops[0].Name, MostLetters), TextSize, Ink.Text, IsBold: true, Aside: box.Tops[0].Shape),
    ];

    private static void AddFoot(List<BoxLine> lines, DrawnBox box)
    {
        bool isApart = true;
        foreach (DrawnBlob top in box.Tops.Take(MostTops))
        {
            string name = box.Tops.Count == 1 && top.Name == box.Rows[0].Name
                ? ""
                : TextWidth.Fit(top.Name, MostLetters);
            lines.Add(new BoxLine(top.Shape, TextSize, Ink.Text, Aside: name, IsApart: isApart));
            isApart = false;
        }

        if (box.Tops.Count > MostTops)
        {
            lines.Add(new BoxLine($"and {box.Tops.Count - MostTops} other blobs", TextSize, Ink.Faint));
        }

        AddParameters(lines, box);
    }

    private static void AddParameters(List<BoxLine> lines, DrawnBox box)
    {
        if (box.Parameters > 0)
        {
            lines.Add(new BoxLine(NumberText.Parameters(box.Parameters), FaintSize, Ink.Faint));
        }

        foreach (string owner in box.Layers.Select(r => r.SharedWith).Where(o => o.Length > 0).Distinct().Take(2))
        {
            lines.Add(new BoxLine(
                $"shares those of {TextWidth.Fit(owner, MostLetters)}", FaintSize, Ink.Faint));
        }
    }

    private string Title() => box.IsOutput
        ? $"output {box.Tops[0].Name}: {box.Tops[0].Shape}"
        : box.Module is null
            ? string.Join("\n\n", box.Rows.Select(r => r.Definition))
            : string.Join('\n', box.Layers.Select(r => $"{r.Name}: {r.Text}"));
}
