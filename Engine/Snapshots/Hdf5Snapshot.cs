using System.Globalization;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Google.Protobuf;
using PureHDF;
using PureHDF.Selections;

namespace Cnn.Engine.Snapshots;

/// <summary>Snapshots in HDF5, with the groups and datasets that Caffe's have.</summary>
internal static class Hdf5Snapshot
{
    /// <summary>Checks that every layer's name can be that of a group.</summary>
    /// <exception cref="CnnException">One cannot.</exception>
    public static void RequireNames(Net net)
    {
        var seen = new HashSet<string>();
        foreach (NetLayer layer in net.Layers)
        {
            if (layer.Name.Contains('/', StringComparison.Ordinal) || layer.Name.Length == 0 || !seen.Add(layer.Name))
            {
                throw new CnnException(new Diagnostic(
                    $"a snapshot in HDF5 needs names of layers that are there, are told apart and have no '/'; found '{layer.Name}'",
                    Hint: "rename the layer, or take snapshot_format BINARYPROTO"));
            }
        }
    }

    /// <summary>
    /// Writes a net: <c>/data/LAYER/INDEX</c> for the parameters that a layer owns and, with
    /// <paramref name="withDiff"/>, <c>/diff/LAYER/INDEX</c> for the gradients of all.
    /// </summary>
    public static void WriteWeights(Net net, bool withDiff, Stream stream)
    {
        var file = new H5File();
        var arrays = new List<(H5Dataset<float[]> Dataset, Blob Blob, bool IsDiff)>();
        file["data"] = Group(net, arrays, isDiff: false);
        if (withDiff)
        {
            file["diff"] = Group(net, arrays, isDiff: true);
        }

        using H5NativeWriter writer = file.BeginWrite(stream, Options);
        foreach (var (dataset, blob, isDiff) in arrays)
        {
            writer.Write(dataset, (isDiff ? blob.Diff : blob.Data).ToArray());
        }
    }

    /// <summary>Writes a solver state.</summary>
    /// <param name="state">All of it but the history.</param>
    /// <param name="history">The history, in order.</param>
    /// <param name="stream">Where to.</param>
    public static void WriteState(SolverState state, IReadOnlyList<Blob> history, Stream stream)
    {
        var arrays = new List<(H5Dataset<float[]> Dataset, Blob Blob, bool IsDiff)>();
        var group = new H5Group();
        for (int i = 0; i < history.Count; i++)
        {
            group[Name(i)] = Declare(history[i], isDiff: false, arrays);
        }

        SolverState extensions = state.Clone();
        extensions.ClearLearnedNet();
        var file = new H5File
        {
            ["iter"] = new[] { state.Iter },
            ["current_step"] = new[] { state.CurrentStep },
            ["learned_net"] = state.LearnedNet,
            ["history"] = group,
            [StateFile.ExtensionsName] = extensions.ToByteArray(),
        };
        using H5NativeWriter writer = file.BeginWrite(stream, Options with { DefaultStringLength = state.LearnedNet.Length + 1 });
        foreach (var (dataset, blob, _) in arrays)
        {
            writer.Write(dataset, blob.Data.ToArray());
        }
    }

    private static H5WriteOptions Options => new(PreferCompactDatasetLayout: false);

    private static H5Group Group(Net net, List<(H5Dataset<float[]> Dataset, Blob Blob, bool IsDiff)> arrays, bool isDiff)
    {
        var all = new H5Group();
        foreach (NetLayer layer in net.Layers)
        {
            var group = new H5Group();
            for (int i = 0; i < layer.Layer.Blobs.Count; i++)
            {
                if (isDiff || net.Learnable.Any(p => p.Owner == layer && p.Index == i))
                {
                    group[Name(i)] = Declare(layer.Layer.Blobs[i], isDiff, arrays);
                }
            }

            all[layer.Name] = group;
        }

        return all;
    }

    private static H5Dataset<float[]> Declare(
        Blob blob, bool isDiff, List<(H5Dataset<float[]> Dataset, Blob Blob, bool IsDiff)> arrays)
    {
        // A blob without axes holds one number, which the library writes as an axis of one.
        ulong[] dims = blob.AxisCount == 0 ? [1] : [.. blob.Shape.ToArray().Select(d => (ulong)d)];
        var dataset = new H5Dataset<float[]>(dims);
        arrays.Add((dataset, blob, isDiff));
        return dataset;
    }

    private static string Name(int index) => index.ToString(CultureInfo.InvariantCulture);
}
