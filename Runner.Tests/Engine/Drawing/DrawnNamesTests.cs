using System.Xml.Linq;
using Cnn.Engine.Drawing;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Drawing;

/// <summary>Drawings are opened by browsers: names of a stranger's net stay text in them.</summary>
[Trait("Category", "Fuzz")]
public class DrawnNamesTests
{
    public static TheoryData<string> Names =>
    [
        "<script>alert(1)</script>",
        @"\""/><a onload=alert(1) x=\""",
        "' onmouseover='alert(1)",
        "]]><svg onload=alert(1)>",
        "&lt;script&gt;&#x3c;",
        "</title></text></style><img src=x onerror=alert(1)>",
        @"a\000b\033[2J\302\2332J\342\200\256c\357\277\276",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void ADrawingHasTheElementsOfAnyOtherNet(string name)
    {
        XDocument plain = XDocument.Parse(Draw("plain").ToSvg()), hostile = XDocument.Parse(Draw(name).ToSvg());

        Assert.Equal(Tags(plain), Tags(hostile));
        Assert.DoesNotContain(
            hostile.Descendants().SelectMany(e => e.Attributes()),
            a => a.Name.LocalName.StartsWith("on", StringComparison.OrdinalIgnoreCase) || a.Name.LocalName == "href");
        Assert.DoesNotContain(
            hostile.ToString(), c => char.IsControl(c) && c is not ('\n' or '\r' or '\t'));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void DiagramsHaveNoMarkup(string name)
    {
        // The title is data of YAML, which Mermaid shows as text; of what follows, these are the drawing's own.
        string diagram = Draw(name).ToMermaid().Split("\n---\n")[1];
        string[] own = ["<b>", "</b>", "<br/>"];
        Assert.DoesNotContain(
            "<",
            own.Aggregate(diagram, (text, tag) => text.Replace(tag, "", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        string dot = Draw(name).ToDot();
        Assert.Equal(Draw("plain").ToDot().Split('\n').Length, dot.Split('\n').Length);
        Assert.DoesNotContain(dot, c => char.IsControl(c) && c != '\n');
    }

    private static string[] Tags(XDocument drawing) =>
    [
        .. drawing.Descendants().Select(e => e.Name.LocalName).Where(n => n is not ("tspan" or "title"))
            .Distinct().Order(StringComparer.Ordinal),
    ];

    private static NetDrawing Draw(string name)
    {
        using var pool = new WorkerPool(1);
        using Net net = Net.Build(
            NetDefinition.Parse(
                $$"""
                name: "{{name}}"
                layer { name: "{{name}}in" type: "Input" top: "{{name}}" input_param { shape { dim: 1 dim: 3 } } }
                layer { name: "{{name}}ip" type: "InnerProduct" bottom: "{{name}}" top: "{{name}}2"
                  inner_product_param { num_output: 3 } }
                """,
                "net.prototxt"),
            new NetOptions { Pool = pool });
        return NetDrawing.Of(net);
    }
}
