using Cnn.Engine.Export;
using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;
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

    private const string OnlyScores = "all its outputs are losses and scores";
    private const string NoOperation = "ONNX has no such operation";
    private const string TurnedBoxes = "boxes that are not coded by centre and size can be turned over";
    private const string ChannelsLast = "data_format is NHWC";

    // The cases that are not exported, and why.
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["AccuracyIgnoreLabel"] = OnlyScores,
        ["AccuracyLastAxis"] = OnlyScores,
        ["AccuracyPerClass"] = OnlyScores,
        ["AccuracySpatial"] = OnlyScores,
        ["AccuracyTop1"] = OnlyScores,
        ["AccuracyTop3"] = OnlyScores,
        ["BilinearNhwc"] = ChannelsLast,
        ["BoxAnnotatorIgnoreLabel"] = NoOperation,
        ["BoxAnnotatorMoreThanRois"] = NoOperation,
        ["BoxAnnotatorTwoImages"] = NoOperation,
        ["DetectionOutputCorner"] = TurnedBoxes,
        ["DetectionOutputCornerSize"] = TurnedBoxes,
        ["DetectionOutputCornerVarianceInTarget"] = TurnedBoxes,
        ["DetectionOutputDefaults"] = TurnedBoxes,
        ["DetectionOutputEta"] = "its threshold changes from box to box",
        ["DetectionOutputTurnedBoxes"] = TurnedBoxes,
        ["NearestNhwc"] = ChannelsLast,
        ["ProposalBasic"] = NoOperation,
        ["ProposalSmallDropped"] = NoOperation,
        ["PsroiPoolingBasic"] = NoOperation,
        ["PsroiPoolingHalfCoordinates"] = NoOperation,
        ["PsroiPoolingOutside"] = NoOperation,
        ["PsroiPoolingTinyRoi"] = NoOperation,
        ["PythonProposal"] = NoOperation,
        ["PythonProposalRatios"] = NoOperation,
        ["PythonProposalScales"] = NoOperation,
        ["RfcnHead"] = NoOperation,
        ["SmoothL1OhemPreFixed"] = OnlyScores,
        ["SmoothL1OhemSpatial"] = OnlyScores,
        ["SmoothL1OhemWeights"] = OnlyScores,
        ["SoftmaxOhemThreeTops"] = OnlyScores,
        ["YoloV2Basic"] = NoOperation,
        ["Yolov3Nothing"] = NoOperation,
        ["Yolov3TwoMaps"] = NoOperation,
    };

    // Caffe's results are those of training: the statistics of the batch, or the state that a sequence before left. The
    // last contradicts another case, as GoldenNetTests says.
    private static readonly string[] OtherwiseInTesting =
    [
        "BatchNormNvFillers", "BatchNormNvMoving", "BatchNormNvTrain", "BatchNormTrain",
        "BatchNormTrainFreshStatistics", "BatchNormTrainInPlace", "BatchNormTrainTwoAxes", "BnPspInPlace",
        "BnPspMomentum", "BnPspTrain", "ResidualBlockTrain", "RnnCarriesState", "BatchNormNvThreeBlobs",
    ];

    // The first item's result depends on the other items.
    private static readonly string[] ItemsTogether =
        ["BnSegnetFillers", "BnSegnetLearn", "BnSegnetLearnInTest", "ReductionSum", "SegnetEncoder", "TileAxisZero"];

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

    public static TheoryData<string, string> ExportedCases =>
        [.. Cases.Where(c => !Refused.ContainsKey(Path.GetFileName(c.Data.Item2)))];

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
        string title = Path.GetFileName(path);
        bool isOther = OtherwiseInTesting.Contains(title);
        for (int i = 1; i < golden.Iterations && !isOther; i++)
        {
            net.Forward();
        }

        Dictionary<string, float[]> given = ExportRun.Forward(net);
        ExportRun run;
        try
        {
            run = new ExportRun(folder, net);
        }
        catch (CnnException exception)
        {
            Assert.True(Refused.ContainsKey(title), $"{name}: {exception.Message}");
            Assert.Contains(Refused[title], exception.Message, StringComparison.Ordinal);
            return;
        }

        using (run)
        {
            Assert.False(Refused.ContainsKey(title), $"{name} is exported now: it has to leave the list");
            Dictionary<string, float[]> expected = golden.Golden
                .Where(r => run.Outputs.Any(o => r.Name == $"blob:{o.Blob}"))
                .ToDictionary(r => r.Name["blob:".Length..], r => r.Blobs[0].Data.ToArray());
            Compare(run.Run, given, expected, isOther);
            int batch = run.Inputs.Count == 0 ? 1 : net.FindBlob(run.Inputs[0].Blob).Dim(0);
            if (run.IsOpen && batch > 1)
            {
                expected = expected.ToDictionary(e => e.Key, e => e.Value[..(e.Value.Length / batch)]);
                Compare(run.RunFirst, given, expected, isOther || ItemsTogether.Contains(title));
            }
        }
    }

    [Theory]
    [MemberData(nameof(ExportedCases))]
    public void TheCheckOfTheExportAcceptsIt(string name, string path)
    {
        var golden = new GoldenCase(path);
        using var pool = new WorkerPool(1);
        using var written = new WrittenFile(golden);
        using Net net = Build(golden, pool);
        golden.Apply(net, diffs: false, mayLack: true);
        var options = new OnnxOptions { Check = OnnxCheckChoice.Always };
        if (name.Contains("/Detection", StringComparison.Ordinal))
        {
            // Its boxes are an input of the net.
            var refusal = Assert.Throws<CnnException>(() => net.ExportOnnx(folder["net.onnx"], options));
            Assert.Contains("the net does not take random inputs", refusal.Message, StringComparison.Ordinal);
            return;
        }

        Assert.InRange(net.ExportOnnx(folder["net.onnx"], options).GreatestDifference, 0, OnnxCheck.Tolerance);
    }

    [Fact]
    public void TheListsNameCases()
    {
        string[] titles =
        [
            .. GoldenFolders.Cases("layers").Concat(GoldenFolders.Cases("nets")).Select(c => Path.GetFileName(c.Path)),
        ];

        Assert.Empty(Refused.Keys.Concat(OtherwiseInTesting).Concat(ItemsTogether).Except(titles));
    }

    // What is not Caffe's result is the net's own; that it is not Caffe's is required too, so that the lists stay true.
    private static void Compare(
        Action<Dictionary<string, float[]>, double, IReadOnlyDictionary<string, float[]>?> run,
        Dictionary<string, float[]> given,
        Dictionary<string, float[]> caffe,
        bool isOther)
    {
        run(given, Tolerance, isOther ? null : caffe);
        if (isOther)
        {
            Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => run(given, Tolerance, caffe));
        }
    }

    private static Net Build(GoldenCase golden, WorkerPool pool) => Net.Build(golden.Definition, new NetOptions
    {
        Phase = Phase.Test, Level = golden.Level, Stages = golden.Stages, Pool = pool,
    });
}
