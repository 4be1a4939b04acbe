using System.Text;
using Cnn.Engine.Drawing.Pictures;

namespace Cnn.Engine.Drawing;

/// <summary>Writes a graph in the language of Graphviz.</summary>
internal static class DotWriter
{
    private const string TintAlpha = "22";

    /// <summary>Writes a graph.</summary>
    public static string Write(NetGraph graph)
    {
        var text = new StringBuilder();
        text.Append("digraph ").Append(Quoted([graph.Title])).Append(" {\n  label=")
            .Append(Quoted([graph.Title, graph.Summary, graph.ShapeNote])).Append(";\n  labelloc=t;\n")
            .Append("  rankdir=TB;\n  fontname=\"Helvetica\";\n")
            .Append("  node [shape=box, style=\"rounded,filled\", fontname=\"Helvetica\", fontsize=11];\n")
            .Append("  edge [color=\"").Append(InkColors.Color(Ink.Faint, isDark: false)).Append("\"];\n");
        Dictionary<DrawnBox, int> indices = graph.Indices();
        for (int i = 0; i < graph.Boxes.Count; i++)
        {
            DrawnBox box = graph.Boxes[i];
            string color = InkColors.Color(
                box.IsOutput || box.Module is not null ? Ink.Faint : InkColors.Of(box.Kind), isDark: false);
            text.Append("  n").Append(NumberText.Of(i)).Append(" [label=").Append(Quoted(BoxText.Lines(box)))
                .Append(", color=\"").Append(color).Append("\", fillcolor=\"")
                .Append(box.IsOutput || box.Module is not null ? "#ffffff" : color + TintAlpha).Append('"')
                .Append(box.IsOutput ? ", shape=oval, style=dashed" : box.Module is not null ? ", peripheries=2" : "")
                .Append("];\n");
            foreach (DrawnSource source in box.Sources)
            {
                text.Append("  n").Append(NumberText.Of(indices[source.Box])).Append(" -> n").Append(NumberText.Of(i));
                text.Append(source.Box.Tops.Count > 1 && !box.IsOutput
                    ? $" [label={Quoted([source.Box.Tops[source.Top].Name])}, fontsize=10, fontname=\"Helvetica\"];\n"
                    : ";\n");
            }
        }

        return text.Append("}\n").ToString();
    }

    private static string Quoted(IEnumerable<string> lines) => "\"" + string.Join("\\n", lines
        .Where(l => l.Length > 0)
        .Select(l => TextWidth.Clean(l).Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal))) + "\"";
}
