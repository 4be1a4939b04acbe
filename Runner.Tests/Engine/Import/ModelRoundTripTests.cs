using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Engine.Import;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;
using Cnn.Tests.Engine.Graph;

namespace Cnn.Tests.Engine.Import;

/// <summary>The nets of Models/, to ONNX and back: they compute the same.</summary>
[Trait("Category", "Unit")]
public sealed class ModelRoundTripTests : IDisposable
{
    private const int Batch = 2;

    // Nets with a layer that ONNX does not have, or that is of a plug-in.
    private static readonly string[] WithoutOnnx = ["activations/net.prototxt", "plugin-layer/snake_train_test.prototxt"];

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
                    && !name.Contains("/results/", StringComparison.Ordinal))
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
        using Net net = Build(name, pool, out string[]? wanted);
        Fill(net);
        net.Forward();
        OnnxExport export;
        try
        {
            export = OnnxExporter.Export(net, new OnnxOptions(), wanted);
        }
        catch (CnnException exception)
        {
            Assert.True(WithoutOnnx.Contains(name), exception.Message);
            return;
        }

        string path = folder["net.onnx"];
        OnnxWriter.Write(path, export.Model, export.Weights);
        ImportedNet imported = NetImport.LoadOnnx(path, new OnnxImportOptions { Batch = Batch });
        using Net back = imported.Build(new NetOptions { Pool = pool, Inference = true });
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

        // Layers that work in place, and BatchNorm with Scale, are as many as before.
        int layers = net.Layers.Count(l => l.Type is not ("Split" or "Silence" or "Accuracy" or "Dropout"));
        Assert.InRange(imported.LayerCount, 1, layers + (2 * net.Layers.Count(l => l.Type == "ShuffleChannel")) + 12);
    }

    private static Net Build(string name, WorkerPool pool, out string[]? wanted)
    {
        NetDefinition definition = NetDefinition.Load(Repository.PathOf("Models", name));
        LayerParameter? head = definition.Message.Layer.FirstOrDefault(l => l.Type == "DetectionOutput");
        wanted = head is null ? null : [.. head.Bottom];
        return Net.Build(definition, new NetOptions
        {
            Pool = pool, BuildsQuietly = true, MadeUp = new MadeUpData { Batch = Batch },
        });
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
                    values[k] = isBatchNorm && i > 0 ? 1 + random.NextSingle() : values[k] + (0.2f * random.NextSingle());
                }
            }
        }

        net.ParametersChanged();
    }
}
