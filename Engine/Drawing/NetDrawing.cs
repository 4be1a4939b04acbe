using Cnn.Engine.Drawing.Modules;
using Cnn.Engine.Drawing.Pictures;
using Cnn.Engine.Graph;
using Cnn.Proto;

namespace Cnn.Engine.Drawing;

/// <summary>
/// A net as a picture: a box for each layer, which holds those that work in place on its top, from the data at the top
/// to the outputs at the bottom. The same net gives the same bytes.
/// </summary>
public sealed class NetDrawing
{
    private readonly NetGraph graph;
    private Picture? picture;

    private NetDrawing(NetGraph graph) => this.graph = graph;

    /// <summary>The number of boxes, those of outputs included.</summary>
    public int BoxCount => graph.Boxes.Count;

    /// <summary>The number of boxes that stand for folded modules.</summary>
    public int ModuleCount => graph.Boxes.Count(b => b.Module is not null);

    /// <summary>The net with its boxes.</summary>
    internal NetGraph Graph => graph;

    /// <summary>How many boxes the wires pass: what the layout takes grows with it.</summary>
    internal long WireLength
    {
        get
        {
            Dictionary<DrawnBox, int> indices = graph.Indices();
            return graph.Boxes
                .SelectMany((box, to) => box.Sources.Select(s => (s.Box, s.Top, Length: (long)to - indices[s.Box])))
                .GroupBy(s => (s.Box, s.Top), s => s.Length)
                .Sum(wire => wire.Max());
        }
    }

    /// <summary>The picture, laid out when it is first asked for.</summary>
    internal Picture Picture => picture ??= NetPainter.Paint(graph);

    /// <summary>Draws a net, which has to be built but not to have run.</summary>
    /// <param name="net">The net; it may be disposed of afterwards.</param>
    /// <param name="options">How to draw it; null for what is usual.</param>
    public static NetDrawing Of(Net net, DrawingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(net);
        options ??= new DrawingOptions();
        NetGraph graph = NetGraphBuilder.Build(net, options.Title);
        NetGraph whole = NetGraphBuilder.WithOutputs(graph);
        bool folds = options.Fold ?? whole.Boxes.Count > DrawingOptions.MostBoxes;
        return new NetDrawing(folds ? NetGraphBuilder.WithOutputs(ModuleFolding.Fold(graph)) : whole);
    }

    /// <summary>
    /// Returns the drawing as an SVG document that is light or dark as its viewer is. It may stand inside an HTML page:
    /// it has no ids, and its classes begin with <c>cnn-net</c>.
    /// </summary>
    /// <exception cref="CnnException">The net is too large to be laid out.</exception>
    public string ToSvg() => SvgWriter.Write(Picture);

    /// <summary>Returns the drawing in the language of Graphviz, which lays it out itself.</summary>
    public string ToDot() => DotWriter.Write(graph);

    /// <summary>Returns the drawing as a flowchart of Mermaid, which GitHub draws inside Markdown.</summary>
    public string ToMermaid() => MermaidWriter.Write(graph);
}
