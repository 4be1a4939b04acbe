using System.Text;
using System.Xml.Linq;
using Cnn.Engine.Drawing;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Drawing;

[Trait("Category", "Unit")]
public sealed class NetDrawingTests : IDisposable
{
    private const string Branches = """
        name: "Branches"
        layer { name: "in" type: "Input" top: "data" input_param { shape { dim: 2 dim: 3 dim: 8 dim: 8 } } }
        layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
          convolution_param { num_output: 4 kernel_size: 3 pad: 1 stride: 2 } }
        layer { name: "norm" type: "BatchNorm" bottom: "conv" top: "conv" }
        layer { name: "scale" type: "Scale" bottom: "conv" top: "conv" scale_param { bias_term: true } }
        layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
        layer { name: "left" type: "Pooling" bottom: "conv" top: "left" pooling_param { pool: MAX kernel_size: 2 } }
        layer { name: "right" type: "Pooling" bottom: "conv" top: "right" pooling_param { pool: AVE kernel_size: 2 } }
        layer { name: "sum" type: "Eltwise" bottom: "left" bottom: "right" top: "total" }
        """;

    private readonly WorkerPool pool = new(1);

    public void Dispose() => pool.Dispose();

    [Fact]
    public void LayersInPlaceAreRowsOfTheirOwnerAndSplitsAreNotSeen()
    {
        IReadOnlyList<DrawnBox> boxes = Draw(Branches).Graph.Boxes;

        Assert.Equal(["in", "conv", "left", "right", "sum", "total"], boxes.Select(b => b.Name));
        Assert.Equal(["conv", "norm", "scale", "relu"], boxes[1].Rows.Select(r => r.Name));
        Assert.Equal("3×3, 4, stride 2, pad 1", boxes[1].Rows[0].Detail);
        Assert.Equal(["conv"], boxes[2].Sources.Select(s => s.Box.Name));
        Assert.Equal(["left", "right"], boxes[4].Sources.Select(s => s.Box.Name));
        Assert.Equal([new DrawnBlob("conv", "4×4×4")], boxes[1].Tops);
        Assert.True(boxes[5].IsOutput);
        Assert.DoesNotContain("split", boxes[2].Rows[0].Definition, StringComparison.Ordinal);
    }

    [Fact]
    public void SharedParametersAreMarkedAndCountOnce()
    {
        IReadOnlyList<DrawnBox> boxes = Draw("""
            layer { name: "in" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 } } }
            layer { name: "one" type: "InnerProduct" bottom: "data" top: "one" param { name: "w" } param { name: "b" }
              inner_product_param { num_output: 3 } }
            layer { name: "two" type: "InnerProduct" bottom: "one" top: "two" param { name: "w" } param { name: "b" }
              inner_product_param { num_output: 3 } }
            """).Graph.Boxes;

        Assert.Equal((12, 0), (boxes[1].Parameters, boxes[2].Parameters));
        Assert.Equal(("", "one"), (boxes[1].Rows[0].SharedWith, boxes[2].Rows[0].SharedWith));
    }

    [Theory]
    [InlineData("googlenet", "inception_3a inception_3b inception_4a inception_4b inception_4c inception_4d "
        + "inception_4e inception_5a inception_5b")]
    [InlineData("resnet50", "res2a res2b…res2c res3a res3b…res3d res4a res4b…res4f res5a res5b…res5c")]
    [InlineData("densenet121", "conv2_1…conv2_6 conv3_1…conv3_12 conv4_1…conv4_24 conv5_1…conv5_16")]
    [InlineData("shufflenet", "resx2…resx4 resx5 resx6…resx12 resx13 resx14…resx16")]
    public void RepeatedModulesAreFolded(string model, string expected)
    {
        NetDrawing folded = DrawModel(model, new DrawingOptions());

        Assert.Equal(expected.Split(' '), folded.Graph.Boxes.Where(b => b.Module is not null)
            .Select(b => b.Name.Replace(" ", "", StringComparison.Ordinal)));
        NetDrawing unfolded = DrawModel(model, new DrawingOptions { Fold = false });
        Assert.Equal(0, unfolded.ModuleCount);
        Assert.Equal(
            unfolded.Graph.Boxes.SelectMany(b => b.Layers).Select(r => r.Name).Order(StringComparer.Ordinal),
            folded.Graph.Boxes.SelectMany(b => b.Layers).Select(r => r.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            unfolded.Graph.Boxes.Sum(b => b.Parameters), folded.Graph.Boxes.Sum(b => b.Parameters));
    }

    [Fact]
    public void HeadsOfADetectorAreFolded()
    {
        NetDrawing drawing = DrawModel("mobilenet-ssd", new DrawingOptions { Fold = true });

        Assert.Equal(12, drawing.ModuleCount);
        Assert.Contains(drawing.Graph.Boxes, b => b.Name == "conv13_mbox_loc" && b.Module is not null);
    }

    [Fact]
    public void ASmallNetIsNotFoldedByItself()
    {
        string text = Residual(3);

        Assert.Equal(0, Draw(text).ModuleCount);
        Assert.Equal(1, Draw(text, new DrawingOptions { Fold = true }).ModuleCount);
    }

    [Fact]
    public void TheSameNetGivesTheSameBytes()
    {
        NetDrawing first = DrawModel("googlenet", new DrawingOptions { Fold = false });
        NetDrawing second = DrawModel("googlenet", new DrawingOptions { Fold = false });

        Assert.Equal(first.ToSvg(), second.ToSvg());
        Assert.Equal(first.ToDot(), second.ToDot());
        Assert.Equal(first.ToMermaid(), second.ToMermaid());
    }

    [Fact]
    public void NamesOfAnyLettersAreEscaped()
    {
        const string name = """<b>&"'\#`]] --> é 卷积""";
        NetDrawing drawing = Draw($$"""
            name: "a <net> & \"more\" \001"
            layer { name: {{Quoted(name)}} type: "Input" top: {{Quoted(name)}}
              input_param { shape { dim: 1 dim: 2 } } }
            """);

        XDocument svg = XDocument.Parse(drawing.ToSvg());
        Assert.Contains(svg.Descendants(), e => e.Name.LocalName == "text" && e.Value == name);
        Assert.Contains(svg.Descendants(), e => e.Value == "a <net> & \"more\" \uFFFD");
        Assert.Contains("""<b>&\"'\\#`]] --> é 卷积\n""", drawing.ToDot(), StringComparison.Ordinal);
        Assert.Contains(
            "<b>#lt;b#gt;#amp;#quot;'#92;#35;#96;]] --#gt; é 卷积</b>", drawing.ToMermaid(), StringComparison.Ordinal);
    }

    [Fact]
    public void AnSvgCanStandInsideAPage()
    {
        XDocument svg = XDocument.Parse(Draw(Branches).ToSvg());

        Assert.DoesNotContain(svg.Descendants(), e => e.Attribute("id") is not null);
        Assert.All(
            svg.Descendants().SelectMany(e => e.Attribute("class")?.Value.Split(' ') ?? []),
            c => Assert.StartsWith("cnn-net", c, StringComparison.Ordinal));
        Assert.DoesNotContain("http", svg.ToString().Replace(
            "http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryTextIsInsideItsBox()
    {
        XNamespace ns = "http://www.w3.org/2000/svg";
        XDocument svg = XDocument.Parse(DrawModel("resnet50", new DrawingOptions { Fold = false }).ToSvg());

        foreach (XElement group in svg.Root!.Elements(ns + "g").Where(g => g.Elements(ns + "rect").Any()).Skip(1))
        {
            XElement[] frames = [.. group.Elements(ns + "rect")];
            double right = frames.Max(f => Value(f, "x") + Value(f, "width"));
            double bottom = frames.Max(f => Value(f, "y") + Value(f, "height"));
            Assert.All(group.Elements(ns + "text"), t =>
            {
                bool isBold = t.Attribute("class")!.Value.Contains("bold", StringComparison.Ordinal);
                string text = t.Nodes().OfType<XText>().First().Value;
                double end = Value(t, "x") + TextWidth.Of(text, Value(t, "font-size"), isBold);
                end += t.Elements(ns + "tspan").Sum(
                    s => Value(s, "dx") + TextWidth.Of(s.Value, Value(s, "font-size")));
                Assert.True(end < right, $"'{t.Value}' ends at {end}, its box at {right}");
                Assert.True(Value(t, "y") < bottom, $"'{t.Value}' is below its box");
            });
        }

        static double Value(XElement element, string name) => double.Parse(element.Attribute(name)!.Value);
    }

    [Fact]
    public void AThousandLayersAreDrawn()
    {
        NetDrawing drawing = Draw(Residual(350), new DrawingOptions { Fold = false });

        Assert.InRange(drawing.ToSvg().Length, 100_000, 10_000_000);
    }

    // The last layer reads what each before it wrote.
    [Fact]
    public void ANetThatCannotBeLaidOutIsLeftToOtherPrograms()
    {
        var text = new StringBuilder("layer { name: 'b0' type: 'Input' top: 'b0' input_param { shape { dim: 1 } } }");
        for (int i = 1; i < 1000; i++)
        {
            text.Append($"layer {{ name: 'b{i}' type: 'Power' bottom: 'b{i - 1}' top: 'b{i}' }}");
        }

        string bottoms = string.Join(' ', Enumerable.Range(0, 1000).Select(k => $"bottom: 'b{k}'"));
        text.Append($"layer {{ name: 'sum' type: 'Eltwise' {bottoms} top: 'sum' }}");
        NetDrawing drawing = Draw(text.ToString(), new DrawingOptions { Fold = false });

        Assert.Equal(
            "the net has too many long connections to be drawn; write a .dot or .mmd, which other programs lay out",
            Assert.Throws<CnnException>(drawing.ToSvg).Message);
        Assert.StartsWith("digraph", drawing.ToDot(), StringComparison.Ordinal);
        Assert.Contains("flowchart", drawing.ToMermaid(), StringComparison.Ordinal);
    }

    // Blocks of two inner products and a sum.
    private static string Residual(int blocks)
    {
        var text = new StringBuilder("""
            layer { name: "in" type: "Input" top: "b0" input_param { shape { dim: 1 dim: 2 } } }

            """);
        for (int i = 0; i < blocks; i++)
        {
            text.Append($$"""
                layer { name: "block{{i}}/a" type: "InnerProduct" bottom: "b{{i}}" top: "x{{i}}"
                  inner_product_param { num_output: 2 } }
                layer { name: "block{{i}}/b" type: "InnerProduct" bottom: "x{{i}}" top: "y{{i}}"
                  inner_product_param { num_output: 2 } }
                layer { name: "block{{i}}/sum" type: "Eltwise" bottom: "b{{i}}" bottom: "y{{i}}" top: "b{{i + 1}}" }

                """);
        }

        return text.ToString();
    }

    private static string Quoted(string text) =>
        "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
        + "\"";

    private NetDrawing Draw(string text, DrawingOptions? options = null)
    {
        using var folder = new TemporaryFolder();
        return DrawFile(folder.Write("net.prototxt", text), options);
    }

    private NetDrawing DrawModel(string model, DrawingOptions options) =>
        DrawFile(Repository.PathOf("Models", model, "deploy.prototxt"), options);

    private NetDrawing DrawFile(string path, DrawingOptions? options)
    {
        using Net net = Net.Load(path, options: new NetOptions
        {
            Pool = pool,
            LeavesParametersZero = true,
            MadeUp = new MadeUpData(),
        });
        return NetDrawing.Of(net, options);
    }
}
