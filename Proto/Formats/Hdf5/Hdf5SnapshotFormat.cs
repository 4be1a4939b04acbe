using System.Globalization;
using System.Text;
using PureHDF;

namespace Cnn.Proto.Formats.Hdf5;

/// <summary>
/// Snapshots in HDF5, with the same groups and datasets as Caffe's: weights as <c>/data/LAYER/INDEX</c>, their
/// gradients as <c>/diff/LAYER/INDEX</c>; a state as <c>iter</c>, <c>current_step</c>, <c>learned_net</c> and
/// <c>/history/INDEX</c>.
/// </summary>
internal sealed class Hdf5SnapshotFormat : ISnapshotFormat
{
    // What this program adds to a state, as a binary message; Caffe ignores it.
    private const string ExtensionsName = "cnn_state";

    private const int MaxParameters = 1000;

    /// <inheritdoc/>
    public SolverParameter.Types.SnapshotFormat Choice => SolverParameter.Types.SnapshotFormat.Hdf5;

    /// <inheritdoc/>
    public string Name => "HDF5";

    /// <inheritdoc/>
    public string Suffix => ".h5";

    private static H5WriteOptions Options => new(PreferCompactDatasetLayout: false);

    /// <inheritdoc/>
    public bool IsFormatOf(string path) => Hdf5File.IsHdf5(path);

    /// <inheritdoc/>
    public WeightsFile OpenWeights(string path) => Open(path, file => file.Read(root =>
    {
        if (!root.LinkExists("data"))
        {
            throw new CnnException($"{path}: has no group /data, so it holds no weights");
        }

        IEnumerable<IH5Group> layers = root.Group("data").Children().OfType<IH5Group>();
        return new WeightsFile([.. layers.Select(layer => ReadLayer(file, layer))], file);
    }));

    /// <inheritdoc/>
    public StateFile OpenState(string path) => Open(path, file => file.Read(root =>
    {
        if (!root.LinkExists("iter") || !root.LinkExists("history"))
        {
            throw new CnnException($"{path}: is not a solver state: it has no iter or no history");
        }

        IH5Group history = root.Group("history");
        int count = history.Children().Count();
        return new StateFile(file)
        {
            Iteration = Value<int[]>(file, root, "iter")![0],
            CurrentStep = Value<int[]>(file, root, "current_step")?[0] ?? 0,
            LearnedNet = Value<string>(file, root, "learned_net")?.TrimEnd('\0'),
            Extensions = Value<byte[]>(file, root, ExtensionsName) is { } bytes
                ? ProtoFile.ParseBinary<SolverState>(bytes, path)
                : new SolverState(),
            History = [.. Enumerable.Range(0, count).Select(i => file.Blob(history.Dataset(Index(i))))],
        };
    }));

    /// <summary>Accepts names that can be names of groups: not empty, without a slash, and unique.</summary>
    public void RequireNames(IEnumerable<string> layers)
    {
        var seen = new HashSet<string>();
        foreach (string name in layers)
        {
            if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal) || !seen.Add(name))
            {
                throw new CnnException(new Diagnostic(
                    $"HDF5 keeps the parameters of each layer in a group of its name, which '{name}' cannot be: "
                    + (name.Length == 0 ? "it is empty" : seen.Contains(name) ? "two layers have it" : "it has a '/'"),
                    Hint: "rename the layer, or take snapshot_format BINARYPROTO"));
            }
        }
    }

    /// <summary>Writes the values of the parameters that a layer owns, and the gradients of all parameters.</summary>
    public void WriteWeights(SnapshotNet net, bool withDiff, Stream stream)
    {
        var file = new H5File();
        var arrays = new List<(H5Dataset<float[]> Dataset, SnapshotArray Array, bool IsDiff)>();
        file["data"] = Group(net, arrays, isDiff: false);
        if (withDiff)
        {
            file["diff"] = Group(net, arrays, isDiff: true);
        }

        using H5NativeWriter writer = file.BeginWrite(stream, Options);
        foreach (var (dataset, array, isDiff) in arrays)
        {
            writer.Write(dataset, (isDiff ? array.Diff : array.Data).ToArray());
        }
    }

    /// <inheritdoc/>
    public void WriteState(SolverState state, IReadOnlyList<SnapshotArray> history, Stream stream)
    {
        SolverState extensions = state.Clone();
        extensions.ClearLearnedNet();
        H5Dataset<float[]>[] datasets = [.. history.Select(Declare)];
        var group = new H5Group();
        for (int i = 0; i < datasets.Length; i++)
        {
            group[Index(i)] = datasets[i];
        }

        var file = new H5File
        {
            ["iter"] = new[] { state.Iter },
            ["current_step"] = new[] { state.CurrentStep },
            ["learned_net"] = state.LearnedNet,
            ["history"] = group,
            [ExtensionsName] = MessageBytes.Of(extensions),
        };

        // Caffe reads only strings of a fixed length.
        int length = Encoding.UTF8.GetByteCount(state.LearnedNet) + 1;
        using H5NativeWriter writer = file.BeginWrite(stream, Options with { DefaultStringLength = length });
        for (int i = 0; i < datasets.Length; i++)
        {
            writer.Write(datasets[i], history[i].Data.ToArray());
        }
    }

    private static T Open<T>(string path, Func<Hdf5File, T> read)
    {
        var file = new Hdf5File(path);
        try
        {
            return read(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static T? Value<T>(Hdf5File file, IH5Group root, string name)
        where T : class => root.LinkExists(name)
            ? file.Read(_ => file.RequireReadable(root.Dataset(name)).Read<T>(), name)
            : null;

    private static StoredLayer ReadLayer(Hdf5File file, IH5Group layer)
    {
        var blobs = new SortedDictionary<int, StoredBlob>();
        foreach (IH5Dataset dataset in layer.Children().OfType<IH5Dataset>())
        {
            if (!int.TryParse(dataset.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
                || index > MaxParameters)
            {
                throw new CnnException(
                    $"{file.What(dataset.Name)} of layer '{layer.Name}' is not the number of a parameter");
            }

            blobs[index] = file.Blob(dataset);
        }

        int count = blobs.Count == 0 ? 0 : blobs.Keys.Last() + 1;
        return new StoredLayer(layer.Name, [.. Enumerable.Range(0, count).Select(i => blobs.GetValueOrDefault(i))]);
    }

    private static H5Group Group(
        SnapshotNet net, List<(H5Dataset<float[]> Dataset, SnapshotArray Array, bool IsDiff)> arrays, bool isDiff)
    {
        var all = new H5Group();
        foreach (SnapshotLayer layer in net.Layers)
        {
            var group = new H5Group();
            for (int i = 0; i < layer.Parameters.Count; i++)
            {
                SnapshotArray parameter = layer.Parameters[i];
                if (isDiff || !parameter.IsShared)
                {
                    H5Dataset<float[]> dataset = Declare(parameter);
                    group[Index(i)] = dataset;
                    arrays.Add((dataset, parameter, isDiff));
                }
            }

            all[layer.Definition.Name] = group;
        }

        return all;
    }

    // An array without axes holds one number, which the library writes as an axis of size one.
    private static H5Dataset<float[]> Declare(SnapshotArray array) =>
        new(array.Shape.Length == 0 ? [1] : Array.ConvertAll(array.Shape.ToArray(), axis => (ulong)axis));

    private static string Index(int index) => index.ToString(CultureInfo.InvariantCulture);
}
