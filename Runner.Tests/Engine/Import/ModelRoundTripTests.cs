using System.Text.RegularExpressions;
using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Engine.Import;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;

namespace Cnn.Tests.Engine.Import;

/// <summary>The nets of Models/, to ONNX and back: they compute the same.</summary>
[Trait("Category", "Unit")]
public sealed partial class ModelRoundTripTests : IDisposable
{
    private const int Batch = 2;

    // Each layer comes back as itself; a depthwise convolution as a Convolution with groups.
    private static readonly string[] LayerForLayer =
    [
        "alexnet", "caffenet", "densenet121", "googlenet", "mobilenet-v1", "mobilenet-v2", "resnet18-small", "resnet50",
        "se-resnet50", "squeezenet", "vgg16", "vgg19", "zfnet",
    ];

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Nets
    {
        get
        {
            string models = Repository.PathOf("Models");
            var nets = new TheoryData<string>();
            foreach (string path in Directory.GetFiles(models, "*.prototxt", SearchOption.AllDirectories).Order())
            {
                string name = Path.GetRelativePath(models, path).Replace('\\', '/');
                if (!Path.GetFileName(path).StartsWith("solver", StringComparison.Ordinal)
                    && !name.Contains("_solver", StringComparison.Ordinal)
                    && !name.Contains("/results/", StringComparison.Ordinal)
                    && !name.StartsWith("plugin-layer/", StringComparison.Ordinal))
                {
                    nets.Add(name);
                }
            }

            return nets;
        }
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Nets))]
    public void ANetComesBackFromOnnxAndComputesTheSame(string name)
    {
        using var pool = new WorkerPool(2);
        int variants = 0;
        string text = File.ReadAllText(Repository.PathOf("Models", name));
        foreach (string stage in Stage().Matches(text).Select(m => m.Groups["name"].Value).Distinct().Prepend(""))
        {
            NetDefinition definition = NetDefinition.Parse(
                text.Replace("num_output: CLASSES", "num_output: 4", StringComparison.Ordinal));
            if (name == "svm/features.prototxt")
            {
                // Features that go to a file, and a score, leave no output.
                LayerParameter[] kept =
                    [.. definition.Message.Layer.Where(l => l.Type is not ("HDF5Output" or "Accuracy"))];
                definition.Message.Layer.Clear();
                definition.Message.Layer.Add(kept);
            }

            if (Build(definition, name, stage, pool) is not { } net)
            {
                continue;
            }

            variants++;
            using (net)
            {
                RoundTrip(net, pool, LayerForLayer.Any(f => name == $"{f}/deploy.prototxt"));
            }
        }

        Assert.InRange(variants, 1, 20);
    }

    private void RoundTrip(Net net, WorkerPool pool, bool isLayerForLayer)
    {
        Fill(net);
        net.Forward();
        OnnxExport export = OnnxExporter.Export(net, new OnnxOptions());
        string path = folder["net.onnx"];
        OnnxWriter.Write(path, export.Model, export.Weights);
        ImportedNet imported = NetImport.LoadOnnx(path, new OnnxImportOptions { Batch = Batch });
        using Net back = imported.Build(new NetOptions { Pool = pool });
        foreach (var (blob, input) in export.Inputs)
        {
            net.FindBlob(blob).Data.CopyTo(back.FindBlob(input).Data);
        }

        back.Forward();
        Assert.NotEmpty(export.Outputs);
        foreach (var (blob, output) in export.Outputs.Where(o => net.Blobs.ContainsKey(o.Blob)))
        {
            Assert.Equal(net.FindBlob(blob).Shape.ToArray(), back.FindBlob(output).Shape.ToArray());
            ImportRun.RequireClose(blob, net.FindBlob(blob).Data.ToArray(), back.FindBlob(output).Data, 1e-5);
        }

        string[] special = ["DetectionOutput", "NoisyReLU", "Axpy"];
        Assert.Equal(Types(net).Where(special.Contains), Types(back).Where(special.Contains));
        if (isLayerForLayer)
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

    // Null where the stage does not make a net.
    private static Net? Build(NetDefinition definition, string name, string stage, WorkerPool pool)
    {
        int[]? shape = name.Split('/')[0] switch
        {
            "svm" when name == "svm/svm.prototxt" => [Batch, 50],
            "cifar10" => [Batch, 3, 32, 32],
            "images" => [Batch, 3, 44, 44],
            "lenet5-1998" => [Batch, 1, 32, 32],
            "activations" or "autoencoder-init" or "imagenet-overfit" or "lenet" or "lenet-theano"
                or "mnist-autoencoder" or "mnist-siamese" or "svm" or "toolbox-cnn" => [Batch, 1, 28, 28],
            _ => null,
        };
        string[] sources =
        [
            .. definition.Message.Layer
                .Where(l => shape is not null && l.Bottom.Count == 0)
                .Where(l => l.Type.EndsWith("Data", StringComparison.Ordinal)).Select(l => l.Top[0]).Distinct(),
        ];
        try
        {
            return Net.Build(definition, new NetOptions
            {
                Pool = pool,
                BuildsQuietly = true,
                Stages = stage.Length > 0 ? [stage] : [],
                MadeUp = new MadeUpData
                {
                    Batch = Batch,
                    Shapes = sources.ToDictionary(s => s, _ => shape!),
                },
            });
        }
        catch (CnnException exception)
            when (exception.Message.Contains("in this phase", StringComparison.Ordinal)
                || exception.Message.Contains("the net has none", StringComparison.Ordinal))
        {
            return null;
        }
    }

    // Statistics and biases that are not those of a new net.
    private static void Fill(Net net)
    {
        var random = new Random(7);
        foreach (string input in net.Inputs)
        {
            foreach (ref float value in net.FindBlob(input).Data)
            {
                value = (2 * random.NextSingle()) - 1;
            }
        }

        foreach (NetLayer layer in net.Layers)
        {
            bool isBatchNorm = layer.Type == "BatchNorm";
            for (int i = 0; i < layer.Parameters.Count; i++)
            {
                Span<float> values = layer.Parameters[i].Data;
                for (int k = 0; k < values.Length && (isBatchNorm || layer.Parameters[i].AxisCount == 1); k++)
                {
                    float drawn = random.NextSingle();
                    values[k] = isBatchNorm && i > 0 ? 1 + drawn : values[k] + (0.2f * drawn);
                }
            }
        }

        net.ParametersChanged();
    }

    [GeneratedRegex("stage: *\"(?<name>[\\w-]+)\"")]
    private static partial Regex Stage();
}
