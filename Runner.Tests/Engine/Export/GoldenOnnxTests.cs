using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;
using Cnn.Tests.Engine.Graph;

namespace Cnn.Tests.Engine.Export;

/// <summary>
/// The golden cases as ONNX: ONNX Runtime computes what Caffe computed, wherever a layer does in testing what it does
/// in training.
/// </summary>
[Trait("Category", "Golden")]
public sealed class GoldenOnnxTests : IDisposable
{
    private const double Tolerance = 1e-5;

    // Layers that ONNX has no operation for; of Crops, boxes and the like those cases that it cannot express.
    private static readonly string[] RefusedTypes =
    [
        "BoxAnnotatorOHEM", "Correlation", "FlowWarp", "Proposal", "PSROIPooling", "Python", "YoloDetectionOutput",
        "Yolov3DetectionOutput",
    ];

    private static readonly string[] Scores = ["Accuracy", "DetectionEvaluate", "HDF5Output"];

    private static readonly Dictionary<string, string> RefusedCases = new()
    {
        ["forks/layers/DetectionOutputCorner"] = "turned over",
        ["forks/layers/DetectionOutputCornerSize"] = "turned over",
        ["forks/layers/DetectionOutputCornerVarianceInTarget"] = "turned over",
        ["forks/layers/DetectionOutputDefaults"] = "turned over",
        ["forks/layers/DetectionOutputEta"] = "its threshold changes",
        ["forks/layers/DetectionOutputTurnedBoxes"] = "turned over",
        ["forks/layers/BilinearNhwc"] = "data_format is NHWC",
        ["forks/layers/NearestNhwc"] = "data_format is NHWC",
    };

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var (name, path) in GoldenFolders.Cases("layers").Concat(GoldenFolders.Cases("nets")))
            {
                cases.Add(name, path);
            }

            return cases;
        }
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void OnnxRuntimeComputesTheSame(string name, string path)
    {
        var golden = new GoldenCase(path);
        using var pool = new WorkerPool(1);
        using var written = new WrittenFile(golden);
        using Net net = Build(golden, pool);
        if (golden.Weights is { } weights)
        {
            net.CopyWeightsFrom(weights);
        }

        golden.Apply(net, diffs: false, mayLack: true);
        Dictionary<string, float[]> given = net.Inputs.ToDictionary(i => i, i => net.FindBlob(i).Data.ToArray());
        net.Forward();
        OnnxExport export;
        try
        {
            export = OnnxExporter.Export(net, new OnnxOptions());
        }
        catch (CnnException exception)
        {
            RequireKnown(name, net, exception.Message);
            return;
        }

        string file = folder["net.onnx"];
        OnnxWriter.Write(file, export.Model, export.Weights);
        using var session = new OnnxRun(file);
        var outputs = session.Run(export.Inputs.Select(i => (
            i.Name, net.FindBlob(i.Blob).Shape.ToArray(), given.GetValueOrDefault(i.Blob)
                ?? net.FindBlob(i.Blob).Data.ToArray())));
        foreach (var (blob, output) in export.Outputs)
        {
            if (net.Blobs.TryGetValue(blob, out Blob? ours))
            {
                Assert.Equal(ours.Shape.ToArray(), outputs[output].Shape);
                GoldenCase.RequireClose(blob, ours.Data.ToArray(), outputs[output].Values, Tolerance);
            }
        }
    }

    private static void RequireKnown(string name, Net net, string message)
    {
        bool isOfType = net.Layers.Any(l => RefusedTypes.Contains(l.Type)
            && message.Contains($"a {l.Type} layer cannot be exported to ONNX", StringComparison.Ordinal));
        bool isOnlyScores = message.Contains("all its outputs are losses and scores", StringComparison.Ordinal)
            && net.Layers.All(l => l.BottomList.Count == 0 || l.Type == "Split" || !LayerExports.Types.Contains(l.Type)
                || l.Type.Contains("Loss", StringComparison.Ordinal) || Scores.Contains(l.Type));
        bool isCase = RefusedCases.TryGetValue(name, out string? reason)
            && message.Contains(reason, StringComparison.Ordinal);
        Assert.True(isOfType || isOnlyScores || isCase, message);
    }

    private static Net Build(GoldenCase golden, WorkerPool pool) => Net.Build(golden.Definition, new NetOptions
    {
        Phase = Phase.Test, Level = golden.Level, Stages = golden.Stages, Pool = pool,
    });
}
