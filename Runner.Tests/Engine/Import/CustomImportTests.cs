using Cnn.Engine.Export;
using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Engine.Import;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;
using Cnn.Tests.Engine.Export;
using Cnn.Tests.Runner.Commands;
using Google.Protobuf;

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
    [Fact]
    public void ALayerOfAPluginComesBackWithItsOptions()
    {
        using var pool = new WorkerPool(1);
        using Net net = ModelNets.Build("plugin-layer/snake_train_test.prototxt", "", pool, folder.Path);
        string path = folder["net.onnx"];
        net.ExportOnnx(path, new OnnxOptions { UsesCustomDomain = true });

        CommandLine run = CommandLine.Run(
            "import", path, "--to", folder["net.prototxt"], "--weights", folder["net.caffemodel"], "--plugin",
            Repository.PluginAssembly);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        LayerParameter layer =
            NetDefinition.Load(folder["net.prototxt"]).Message.Layer.Single(l => l.Type == "Snake");
        Assert.Equal("snake", layer.Name);
        Assert.Equal(net.FindLayer("snake").Definition.PluginParam, layer.PluginParam);
    }

    [Theory]
    [InlineData("alpha: 0.5 }")]
    [InlineData("alpha")]
    public void OptionsThatAreNoPrototxtAreRefused(string options)
    {
        using var pool = new WorkerPool(1);
        using Net net = ModelNets.Build("plugin-layer/snake_train_test.prototxt", "", pool, folder.Path);
        OnnxExport export = OnnxExporter.Export(net, new OnnxOptions { UsesCustomDomain = true });
        export.Model.Graph.Node.Single(n => n.OpType == "Snake").Attribute.Single().S =
            ByteString.CopyFromUtf8(options);
        string path = folder["net.onnx"];
        OnnxWriter.Write(path, export.Model, export.Weights);

        CnnException exception = Assert.Throws<CnnException>(() => NetImport.LoadOnnx(path));

        Assert.Contains(
            "node 'snake' (cnn.Snake): its options are no prototxt: ", exception.Message, StringComparison.Ordinal);
    }
}
