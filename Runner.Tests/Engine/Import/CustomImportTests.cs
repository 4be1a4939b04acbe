using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Engine.Import;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;

namespace Cnn.Tests.Engine.Import;

/// <summary>Layers that ONNX cannot express come back from the domain of our own.</summary>
[Trait("Category", "Unit")]
public sealed class CustomImportTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ALayerComesBackWithItsOptionsAndParameters()
    {
        using Net net = Net.Build(NetDefinition.Parse("""
            layer { name: 'x' type: 'Input' top: 'x' input_param { shape { dim: 3 dim: 4 } } }
            layer { name: 'labels' type: 'Input' top: 'labels' input_param { shape { dim: 3 } } }
            layer { name: 'margin' type: 'MarginInnerProduct' bottom: 'x' bottom: 'labels' top: 'y'
              margin_inner_product_param { num_output: 2 type: QUADRUPLE lambda_min: 5
                weight_filler { type: 'uniform' min: -1 max: 1 } } }
            layer { name: 'act' type: 'ReLU' bottom: 'y' top: 'y' }
            """));
        OnnxExport export = OnnxExporter.Export(net, new OnnxOptions { UsesCustomDomain = true });
        string path = folder["net.onnx"];
        OnnxWriter.Write(path, export.Model, export.Weights);

        ImportedNet imported = NetImport.LoadOnnx(path, new OnnxImportOptions { Batch = 3 });

        LayerParameter layer = imported.Definition.Message.Layer.Single(l => l.Type == "MarginInnerProduct");
        Assert.Equal(("margin", 2), (layer.Name, layer.Bottom.Count));
        Assert.Equal(5, layer.MarginInnerProductParam.LambdaMin);
        Assert.Equal(MarginInnerProductParameter.Types.MarginType.Quadruple, layer.MarginInnerProductParam.Type);
        Assert.Equal("act", imported.Definition.Message.Layer[^1].Name);
        using Net back = imported.Build();
        Assert.Equal(
            net.FindLayer("margin").Parameters[0].Data.ToArray(),
            back.FindLayer("margin").Parameters[0].Data.ToArray());
    }
}
