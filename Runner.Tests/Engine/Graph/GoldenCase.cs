using System.Globalization;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Tests.Engine.Graph;

/// <summary>A case of layers/ or nets/: a net, its initial values, and the results of the real Caffe.</summary>
internal sealed class GoldenCase
{
    private readonly Dictionary<string, string> words;

    public GoldenCase(string folder)
    {
        Folder = folder;
        words = File.ReadAllText(PathOf("case.txt")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(w => w.Split('=', 2)).ToDictionary(w => w[0], w => w[1]);
        Net = ProtoFile.LoadNet(PathOf("net.prototxt"));
        var golden = ProtoFile.LoadBinary<NetParameter>(PathOf("golden.binaryproto"));
        Start = [.. golden.Layer.Where(l => l.Type == "start")];
        Golden = [.. golden.Layer.Where(l => l.Type == "golden")];
    }

    public string Folder { get; }

    public NetDefinition Net { get; }

    public IReadOnlyList<LayerParameter> Start { get; }

    public IReadOnlyList<LayerParameter> Golden { get; }

    public Phase Phase => words["phase"] == "TRAIN" ? Phase.Train : Phase.Test;

    public int Level => int.Parse(words["level"], CultureInfo.InvariantCulture);

    public string[] Stages => words["stages"].Split(',', StringSplitOptions.RemoveEmptyEntries);

    public string? Weights => words["weights"] is { Length: > 0 } name ? PathOf(name) : null;

    public bool Backward => words["backward"] == "1";

    public int Iterations => int.Parse(words["iters"], CultureInfo.InvariantCulture);

    public double Tolerance => double.Parse(words["tol"], CultureInfo.InvariantCulture);

    public double Loss => double.Parse(words["loss"], CultureInfo.InvariantCulture);

    /// <summary>The file that the net writes and the one to compare it with; null if it writes none.</summary>
    public (string Written, string Expected)? ExpectedFile =>
        words["expect_file"].Split(':') is [var written, var expected] ? (written, expected) : null;

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Requires values to agree within the tolerance that the case gives.</summary>
    public static void RequireClose(
        string what, IReadOnlyList<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.True(expected.Count == actual.Length, $"{what}: {actual.Length} values, {expected.Count} expected");
        double largest = 0.01;
        foreach (float value in expected)
        {
            largest = float.IsFinite(value) ? Math.Max(largest, Math.Abs(value)) : largest;
        }

        for (int i = 0; i < actual.Length; i++)
        {
            bool isClose = expected[i].Equals(actual[i])
                || Math.Abs((double)actual[i] - expected[i]) <= tolerance * largest;
            Assert.True(
                isClose, $"{what}[{i}]: {actual[i]:R}, expected {expected[i]:R} within {tolerance * largest:G3}");
        }
    }

    /// <summary>Requires a blob to have a stored shape.</summary>
    public static void RequireShape(string what, BlobProto expected, Blob actual) => Assert.True(
        StoredShape.Of(expected).Fits(actual.Shape),
        $"{what}: shape {actual.ShapeText}, expected {StoredShape.Of(expected)}");
}
