using System.Globalization;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Data;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Tests.Engine.Graph;

/// <summary>A case of layers/ or nets/: a net, its initial values, and the results of the real Caffe.</summary>
internal sealed class GoldenCase
{
    private const string Memory = "start:memory:";

    private readonly Dictionary<string, string> words;

    public GoldenCase(string folder)
    {
        Folder = folder;
        words = File.ReadAllText(PathOf("case.txt")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            .Select(w => w.Split('=', 2)).ToDictionary(w => w[0], w => w[1]);
        Definition = ProtoFile.LoadNet(PathOf("net.prototxt"));
        var golden = ProtoFile.LoadBinary<NetParameter>(PathOf("golden.binaryproto"));
        Start = [.. golden.Layer.Where(l => l.Type == "start")];
        Golden = [.. golden.Layer.Where(l => l.Type == "golden")];
    }

    public string Folder { get; }

    public NetDefinition Definition { get; }

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

    /// <summary>Gives a net the values of the case.</summary>
    /// <param name="net">The net.</param>
    /// <param name="diffs">Whether the gradients are given, or the data.</param>
    /// <param name="mayLack">Whether what the net does not have, in another phase, is passed over.</param>
    public void Apply(Net net, bool diffs, bool mayLack = false)
    {
        if (!diffs)
        {
            HandOverMemory(net);
        }

        foreach (LayerParameter record in Start.Where(r => !r.Name.StartsWith(Memory, StringComparison.Ordinal)))
        {
            BlobProto values = record.Blobs[0];
            string name = record.Name["start:".Length..];
            if ((diffs ? values.Diff : values.Data).Count > 0 && (!mayLack || Has(net, name)))
            {
                Blob blob = Find(net, name);
                RequireShape(record.Name, values, blob);
                (diffs ? values.Diff : values.Data).ToArray().CopyTo(diffs ? blob.Diff : blob.Data);
            }
        }
    }

    /// <summary>Finds the blob of a record: <c>blob:NAME</c> or <c>param:LAYER:INDEX</c>.</summary>
    public static Blob Find(Net net, string record)
    {
        string[] parts = record.Split(':');
        return parts[0] == "blob"
            ? net.FindBlob(record["blob:".Length..])
            : net.FindLayer(LayerOf(parts)).Layer.Blobs[int.Parse(parts[^1], CultureInfo.InvariantCulture)];
    }

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
            if (!isClose)
            {
                Assert.Fail($"{what}[{i}]: {actual[i]:R}, expected {expected[i]:R} within {tolerance * largest:G3}");
            }
        }
    }

    /// <summary>Requires a blob to have a stored shape.</summary>
    public static void RequireShape(string what, BlobProto expected, Blob actual) => Assert.True(
        StoredShape.Of(expected).Fits(actual.Shape),
        $"{what}: shape {actual.ShapeText}, expected {StoredShape.Of(expected)}");

    private static bool Has(Net net, string record)
    {
        string[] parts = record.Split(':');
        return parts[0] == "blob"
            ? net.Blobs.ContainsKey(record["blob:".Length..])
            : net.Layers.Any(l => l.Name == LayerOf(parts));
    }

    // A layer's name may itself contain colons.
    private static string LayerOf(string[] parts) => string.Join(':', parts[1..^1]);

    private void HandOverMemory(Net net)
    {
        foreach (LayerParameter data in Start)
        {
            if (data.Name.StartsWith(Memory, StringComparison.Ordinal)
                && data.Name.EndsWith(":data", StringComparison.Ordinal))
            {
                string name = data.Name[Memory.Length..^":data".Length];
                LayerParameter labels = Start.Single(r => r.Name == $"{Memory}{name}:label");
                ((MemoryDataLayer)net.FindLayer(name).Layer).Reset(
                    data.Blobs[0].Data.ToArray(), labels.Blobs[0].Data.ToArray());
            }
        }
    }
}
