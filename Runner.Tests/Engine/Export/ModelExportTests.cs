using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Export;

/// <summary>The nets of <c>Models/</c> as ONNX files: ONNX Runtime computes what they compute.</summary>
[Trait("Category", "Golden")]
public sealed class ModelExportTests : IDisposable
{
    // Rounding adds up over a hundred layers: what the export's own check allows.
    private const double Tolerance = OnnxCheck.Tolerance;

    private static readonly Dictionary<string, string> Refused = new()
    {
        ["plugin-layer/snake_train_test.prototxt"] =
            "layer 'snake': a Snake layer cannot be exported to ONNX: ONNX has no such operation",
    };

    private readonly TemporaryFolder folder = new();
    private readonly WorkerPool pool = new(2);

    public static TheoryData<string, string> Nets
    {
        get
        {
            var nets = new TheoryData<string, string>();
            foreach (var (name, stage) in ModelNets.All)
            {
                nets.Add(name, stage);
            }

            return nets;
        }
    }

    public void Dispose()
    {
        folder.Dispose();
        pool.Dispose();
    }

    [Theory]
    [MemberData(nameof(Nets))]
    public void OnnxRuntimeComputesWhatTheNetComputes(string name, string stages)
    {
        using Net net = ModelNets.Build(name, stages, pool, folder.Path);
        RandomValues.Fill(net);
        Dictionary<string, float[]> given = ExportRun.Forward(net);
        if (Refused.TryGetValue(name, out string? reason))
        {
            var refusal = Assert.Throws<CnnException>(() => new ExportRun(folder, net));
            Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
            return;
        }

        using var run = new ExportRun(folder, net);
        run.Run(given, Tolerance);
        if (run.IsOpen)
        {
            run.RunFirst(given, Tolerance);
        }
    }
}
