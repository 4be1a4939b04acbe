using System.Text;
using Cnn.Engine.Drawing.Pictures;

namespace Cnn.Engine.Drawing;

/// <summary>Writes a graph as a flowchart of Mermaid, which GitHub and others draw inside Markdown.</summary>
internal static class MermaidWriter
{
    /// <summary>Writes a graph.</summary>
    public static string Write(NetGraph graph)
    {
        var text = new StringBuilder();
        text.Append("---\ntitle: \"").Append(Yaml($"{graph.Title} · {graph.Summary}"))
            .Append("\"\n---\nflowchart TD\n");
        Dictionary<DrawnBox, int> indices = graph.Indices();
        for (int i = 0; i < graph.Boxes.Count; i++)
        {
            DrawnBox box = graph.Boxes[i];
            var (open, close) = box.IsOutput ? ("([", "])") : box.Module is not null ? ("[[", "]]") : ("[", "]");
            string[] lines = [.. BoxText.Lines(box).Select(Escape)];
            lines[0] = $"<b>{lines[0]}</b>";
            text.Append("  n").Append(NumberText.Of(i)).Append(open).Append('"').AppendJoin("<br/>", lines)
                .Append('"').Append(close).Append(":::").Append(ClassOf(box)).Append('\n');
            foreach (DrawnSource source in box.Sources)
            {
                text.Append("  n").Append(NumberText.Of(indices[source.Box])).Append(" --> ");
                if (source.Box.Tops.Count > 1 && !box.IsOutput)
                {
                    text.Append("|\"").Append(Escape(source.Box.Tops[source.Top].Name)).Append("\"| ");
                }

                text.Append('n').Append(NumberText.Of(i)).Append('\n');
            }
        }

        foreach (DrawnBox box in graph.Boxes.DistinctBy(ClassOf).OrderBy(ClassOf, StringComparer.Ordinal))
        {
            // Filled with its own light ground, so that it is read on a dark one too.
            bool isPlain = box.IsOutput || box.Module is not null;
            string color = InkColors.Color(isPlain ? Ink.Faint : InkColors.Of(box.Kind), isDark: false);
            text.Append("  classDef ").Append(ClassOf(box)).Append(" fill:")
                .Append(isPlain ? "#ffffff" : Lightened(color)).Append(",stroke:").Append(color).Append(",color:")
                .Append(InkColors.Color(Ink.Text, isDark: false)).Append(box.IsOutput ? ",stroke-dasharray:4 3" : "")
                .Append('\n');
        }

        return text.ToString();
    }

    private static string ClassOf(DrawnBox box) =>
        box.IsOutput ? "output" : box.Module is not null ? "module" : $"kind{box.Kind}";

    // The colour as a tint on white.
    private static string Lightened(string color) => "#" + string.Concat(Enumerable.Range(0, 3).Select(i =>
    {
        int part = Convert.ToInt32(color.Substring(1 + (2 * i), 2), 16);
        return ((int)Math.Round(255 - ((255 - part) * Picture.Tint))).ToString("x2", null);
    }));

    private static string Yaml(string text) => TextWidth.Clean(text).Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal);

    // Mermaid's own entities, which begin with the sign of a number.
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char letter in TextWidth.Clean(text))
        {
            _ = letter switch
            {
                '#' => escaped.Append("#35;"),
                '"' => escaped.Append("#quot;"),
                '<' => escaped.Append("#lt;"),
                '>' => escaped.Append("#gt;"),
                '&' => escaped.Append("#amp;"),
                '`' => escaped.Append("#96;"),
                '\\' => escaped.Append("#92;"),
                _ => escaped.Append(letter),
            };
        }

        return escaped.ToString();
    }
}
