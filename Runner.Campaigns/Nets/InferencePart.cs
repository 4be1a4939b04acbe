using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Threading;

namespace Cnn.Campaigns.Nets;

/// <summary>
/// Nets for inference, whose blobs share memory and whose layers are folded into others, give what plain nets give:
/// the same bits where nothing is folded or convolved.
/// </summary>
internal sealed class InferencePart : IDisposable
{
    private const double Tolerance = 1e-3;

    private readonly WorkerPool pool = new(1);

    /// <summary>The types whose values jump when their bottoms move a little.</summary>
    public static IReadOnlySet<string> Jumping { get; } = new HashSet<string>
    {
        "Accuracy", "ArgMax", "BoxAnnotatorOHEM", "DetectionEvaluate", "DetectionOutput", "EvalDetection", "Filter",
        "LabelsequenceAccuracy", "MultiBoxLoss", "Proposal", "RegionLoss", "SegAccuracy", "Threshold",
        "YoloDetectionOutput", "Yolov3", "Yolov3DetectionOutput",
    };

    /// <summary>The types after which a small difference is a large one.</summary>
    public static IReadOnlySet<string> Amplifying { get; } = new HashSet<string>
    {
        "BN", "BatchNorm", "Eltwise", "Exp", "FlowWarp", "HistogramPooling", "Log", "MVN", "MultinomialLogisticLoss",
        "Normalize", "Power",
    };

    /// <summary>Returns what differs; null where nothing does.</summary>
    public string? Check(NetCase net)
    {
        using Net plain = net.Build(pool);
        string[] names = [.. plain.Blobs.Keys.Where(name => !name.Contains("_split_", StringComparison.Ordinal))];
        var random = net.Random("kept");
        string[] kept = [.. names.Where(_ => random.Next(5) == 0)];
        using Net inference = net.Build(pool, o => o with { Inference = true, Keep = kept });
        SetStatistics(net, plain);
        inference.ShareParametersOf(plain);
        HashSet<string> loose = Loose(inference), lost = Lost(inference);
        net.HandOver(plain);
        net.HandOver(inference);
        for (int pass = 0; pass < 2; pass++)
        {
            NetCase values = net with { Seed = net.Seed + (ulong)pass };
            values.Fill(plain);
            values.Fill(inference);
            var start = new NetStart(plain, withStates: false);
            plain.Forward();
            float[][] expected = [.. plain.Outputs.Concat(kept).Select(n => plain.FindBlob(n).Data.ToArray())];
            start.SetBack();
            inference.Forward();
            foreach (var (name, wanted) in plain.Outputs.Concat(kept).Zip(expected))
            {
                ReadOnlySpan<float> actual = inference.FindBlob(name).Data;
                string what = $"'{name}' in pass {pass}";
                string? difference = lost.Contains(name) ? null
                    : loose.Contains(name) ? Comparison.Close(what, wanted, actual, Tolerance)
                    : Comparison.Bits(what, wanted, actual);
                if (difference is not null)
                {
                    return $"plain and for inference: {difference}";
                }
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => pool.Dispose();

    /// <summary>Gives layers that keep statistics some that they can divide by.</summary>
    public static void SetStatistics(NetCase net, Net built)
    {
        foreach (NetLayer layer in built.Layers.Where(l => l.Layer is IRunningStatistics))
        {
            foreach (Blob blob in layer.Parameters)
            {
                BottomFill.Between(0.5f, 1.5f).Draw(net.Random(layer.Name), [blob.Count]).CopyTo(blob.Data);
            }
        }
    }

    // Folded layers round elsewhere, and convolutions that keep their packed weights may sum in another order.
    private static bool MayRound(NetLayer layer) => layer.IsFolded || layer.Type == "Convolution";

    // The blobs that may differ by a rounding.
    private static HashSet<string> Loose(Net net)
    {
        var loose = new HashSet<string>();
        foreach (NetLayer layer in net.Layers)
        {
            if (MayRound(layer) || layer.BottomNames.Any(loose.Contains))
            {
                loose.UnionWith(layer.TopNames);
                loose.UnionWith(layer.IsFolded ? layer.BottomNames : []);
            }
        }

        return loose;
    }

    // Those of which nothing can be said after that.
    private static HashSet<string> Lost(Net net)
    {
        var (loose, lost) = (new HashSet<string>(), new HashSet<string>());
        foreach (NetLayer layer in net.Layers)
        {
            bool readsLoose = layer.BottomNames.Any(loose.Contains);
            if (layer.BottomNames.Any(lost.Contains)
                || (readsLoose && !layer.IsFolded && (Jumping.Contains(layer.Type) || Amplifying.Contains(layer.Type))))
            {
                lost.UnionWith(layer.TopNames);
            }

            if (MayRound(layer) || readsLoose)
            {
                loose.UnionWith(layer.TopNames);
            }
        }

        return lost;
    }
}
