using Cnn.Engine.Detection;
using Cnn.Engine.Runs;
using Cnn.Layers;
using Cnn.Proto;
using Serilog;

namespace Cnn.Engine.Graph;

/// <summary>
/// Collects the outputs of a net over the batches of a test: each value's mean, and for the rows of a DetectionEvaluate
/// layer the mean average precision of its classes.
/// </summary>
internal sealed class OutputTally
{
    /// <summary>The type of layer whose rows become an average precision.</summary>
    public const string DetectionType = "DetectionEvaluate";

    private readonly Net net;
    private readonly double[][] sums;
    private readonly DetectionTally?[] detections;
    private IReadOnlyList<ClassPrecision>? classes;
    private int batches;

    /// <summary>Starts with no batches.</summary>
    /// <param name="net">The net; its outputs need not have their shapes yet.</param>
    /// <param name="version">The kind of average precision; see <see cref="AveragePrecision"/>.</param>
    public OutputTally(Net net, string version)
    {
        this.net = net;
        sums = new double[net.Outputs.Count][];
        detections =
        [
            .. net.Outputs.Select(o => IsOfDetections(net, o) ? new DetectionTally(o, version) : null),
        ];
    }

    /// <summary>Whether an output holds the rows of a DetectionEvaluate layer.</summary>
    public static bool IsOfDetections(Net net, string output) =>
        net.Layers.Any(l => l.Type == DetectionType && l.TopNames.Contains(output));

    /// <summary>
    /// Returns the average precisions of the classes over the batches so far; none without a DetectionEvaluate layer.
    /// </summary>
    public IReadOnlyList<ClassPrecision> Classes() => classes ??= [.. detections.SelectMany(d => d?.Classes() ?? [])];

    /// <summary>Adds the outputs of a batch.</summary>
    /// <param name="outputs">The outputs, in the order of <see cref="Net.Outputs"/>.</param>
    /// <exception cref="CnnException">An output has another size than before, and so no means.</exception>
    public void Add(IReadOnlyList<Blob> outputs)
    {
        batches++;
        classes = null;
        for (int i = 0; i < sums.Length; i++)
        {
            ReadOnlySpan<float> values = outputs[i].Data;
            if (detections[i] is { } found)
            {
                found.Add(values);
                continue;
            }

            double[] sum = sums[i] ??= new double[values.Length];
            if (sum.Length != values.Length)
            {
                throw new CnnException(
                    $"output '{net.Outputs[i]}' of net '{net.Name}' has {values.Length} values in one batch and "
                    + $"{sum.Length} in another, and no means",
                    "a Silence layer ends it; DetectionEvaluate makes a score of detections");
            }

            for (int at = 0; at < sum.Length; at++)
            {
                sum[at] += values[at];
            }
        }
    }

    /// <summary>Returns the scores in the order of the outputs: (blob, mean).</summary>
    public List<(string Blob, double Mean)> Means()
    {
        var means = new List<(string Blob, double Mean)>();
        for (int i = 0; i < sums.Length; i++)
        {
            string name = net.Outputs[i];
            if (detections[i] is not null)
            {
                var found = Classes().Where(c => c.Blob == name).Select(c => c.AveragePrecision);
                means.Add((name, found.DefaultIfEmpty().Average()));
                continue;
            }

            means.AddRange(sums[i].Select(sum => (name, sum / batches)));
        }

        return means;
    }

    /// <summary>Logs the average precision of each class, as SSD's Caffe does.</summary>
    public void LogClasses(ILogger? log)
    {
        foreach (ClassPrecision found in Classes())
        {
            log?.Information("{Line:l}", $"class{found.Label}: {CaffeNumber.Format(found.AveragePrecision)}");
        }
    }
}
