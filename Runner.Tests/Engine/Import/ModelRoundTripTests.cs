using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Engine.Import;
using Cnn.Layers.Threading;
using Cnn.Proto.Formats.Onnx;
using Cnn.Tests.Engine.Export;

namespace Cnn.Tests.Engine.Import;

/// <summary>The nets of Models/, to ONNX and back: they compute the same.</summary>
[Trait("Category", "Unit")]
public sealed class ModelRoundTripTests : IDisposable
{
    // Each layer comes back as itself; a depthwise convolution as a Convolution with groups.
    private static readonly string[] LayerForLayer =
    [
        "alexnet", "caffenet", "densenet121", "googlenet", "mobilenet-v1", "mobilenet-v2", "resnet18-small", "resnet50",
        "se-resnet50", "squeezenet", "vgg16", "vgg19", "zfnet",
    ];

    private readonly TemporaryFolder folder = new();

    // In testing a net of train_val.prototxt is that of deploy.prototxt.
    public static TheoryData<string, string> Nets => [.. ModelExportTests.Nets.Where(n =>
        !n.Data.Item1.EndsWith("/train_val.prototxt", StringComparison.Ordinal)
        || !File.Exists(Repository.PathOf("Models", n.Data.Item1.Split('/')[0], "deploy.prototxt")))];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Nets))]
    public void ANetComesBackFromOnnxAndComputesTheSame(string name, string stages)
    {
        using var pool = new WorkerPool(2);
        using Net net = ModelNets.Build(name, stages, pool, folder.Path);
        RandomValues.Fill(net);
        net.Forward();
        bool isOfPlugin = name.StartsWith("plugin-layer/", StringComparison.Ordinal);
        OnnxExport export = OnnxExporter.Export(net, new OnnxOptions { UsesCustomDomain = isOfPlugin });
        string path = folder["net.onnx"];
        OnnxWriter.Write(path, export.Model, export.Weights);
        ImportedNet imported = NetImport.LoadOnnx(path, new OnnxImportOptions { Batch = ModelNets.Batch });
        using Net back = imported.Build(new NetOptions { Pool = pool, Layers = ModelNets.LayersOf(name) });
        foreach (var (blob, input) in export.Inputs)
        {
            net.FindBlob(blob).Data.CopyTo(back.FindBlob(input).Data);
        }

        back.Forward();
        Assert.NotEmpty(export.Outputs);
        foreach (var (blob, output) in export.Outputs.Where(o => net.Blobs.ContainsKey(o.Blob)))
        {
            Assert.Equal(net.FindBlob(blob).Shape.ToArray(), back.FindBlob(output).Shape.ToArray());
            ImportRun.RequireClose(
                blob, net.FindBlob(blob).Data.ToArray(), back.FindBlob(output).Data, OnnxCheck.Tolerance);
        }

        string[] special = ["DetectionOutput", "NoisyReLU", "Axpy", "Snake"];
        Assert.Equal(Types(net).Where(special.Contains), Types(back).Where(special.Contains));
        if (LayerForLayer.Any(f => name == $"{f}/deploy.prototxt"))
        {
            Assert.Equal(Types(net), Types(back));
            Assert.Equal(Names(net), Names(back));
        }
    }

    private static string[] Types(Net net) =>
    [
        .. net.Layers.Select(l => l.Type == "ConvolutionDepthwise" ? "Convolution" : l.Type)
            .Where(t => t is not ("Split" or "Dropout")).Order(StringComparer.Ordinal),
    ];

    // Those of the layers alone: inputs are named after their blobs.
    private static string[] Names(Net net) =>
    [
        .. net.Layers.Where(l => l.Type is not ("Split" or "Dropout" or "Input")).Select(l => l.Name)
            .Order(StringComparer.Ordinal),
    ];
}
