using Cnn.Proto.Formats.Hdf5;
using Cnn.Proto.Formats.Wire;
using Microsoft.Win32.SafeHandles;
using PureHDF;

namespace Cnn.Proto.Formats;

/// <summary>
/// A solver state, binary or HDF5, told apart by content. Opening it reads all but the history's numbers, which are read
/// when they are copied; so it must stay open until then.
/// </summary>
public sealed class StateFile : IDisposable
{
    /// <summary>The HDF5 dataset with <see cref="Extensions"/> as a binary message; Caffe passes over it.</summary>
    public const string ExtensionsName = "cnn_state";

    private readonly IDisposable source;

    private StateFile(IDisposable source) => this.source = source;

    /// <summary>Updates done.</summary>
    public int Iteration { get; private set; }

    /// <summary>The step of the multistep policy.</summary>
    public int CurrentStep { get; private set; }

    /// <summary>The weights file that belongs to it, as written; null when it names none.</summary>
    public string? LearnedNet { get; private set; }

    /// <summary>What Cnn adds to a state, without history; empty in states that Caffe wrote.</summary>
    public SolverState Extensions { get; private set; } = new();

    /// <summary>The history blobs in the order of the file.</summary>
    public IReadOnlyList<StoredBlob> History { get; private set; } = [];

    /// <summary>Opens a file.</summary>
    /// <exception cref="CnnException">It cannot be read, is damaged, or is no solver state.</exception>
    public static StateFile Open(string path)
    {
        bool isHdf5 = Hdf5File.IsHdf5(path);
        IDisposable source = isHdf5 ? new Hdf5File(path) : FileText.OpenHandle(path);
        var state = new StateFile(source);
        try
        {
            if (isHdf5)
            {
                state.ReadHdf5((Hdf5File)source);
            }
            else
            {
                state.ReadBinary((SafeFileHandle)source, path);
            }
        }
        catch
        {
            source.Dispose();
            throw;
        }

        return state;
    }

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();

    private void ReadBinary(SafeFileHandle file, string path)
    {
        var reader = new WireReader(file, path);
        var history = new List<StoredBlob>();
        using var rest = new MemoryStream();
        while (reader.Position < reader.Length)
        {
            long start = reader.Position;
            var (field, wireType) = reader.ReadTag();
            if (field == SolverState.HistoryFieldNumber && wireType == 2)
            {
                history.Add(WireBlob.Read(reader, file, path, reader.ReadEnd(reader.Length)));
                continue;
            }

            reader.Skip(wireType, reader.Length);
            long end = reader.Position;
            reader.Jump(start, end);
            rest.Write(reader.ReadBytes(end));
        }

        SolverState small = ProtoFile.ParseBinary<SolverState>(rest.ToArray(), path);
        if (!small.HasIter)
        {
            throw new CnnException($"{path}: is not a solver state: it has no iteration");
        }

        Iteration = small.Iter;
        CurrentStep = small.CurrentStep;
        LearnedNet = small.HasLearnedNet ? small.LearnedNet : null;
        Extensions = small;
        History = history;
    }

    private void ReadHdf5(Hdf5File file) => file.Read(root =>
    {
        if (!root.LinkExists("iter") || !root.LinkExists("history"))
        {
            throw new CnnException($"{file.Path}: is not a solver state: it has no iter or no history");
        }

        Iteration = file.Sound(root.Dataset("iter")).Read<int[]>()[0];
        CurrentStep = root.LinkExists("current_step") ? file.Sound(root.Dataset("current_step")).Read<int[]>()[0] : 0;
        LearnedNet = root.LinkExists("learned_net") ? file.Sound(root.Dataset("learned_net")).Read<string>().TrimEnd('\0') : null;
        if (root.LinkExists(ExtensionsName))
        {
            Extensions = ProtoFile.ParseBinary<SolverState>(file.Sound(root.Dataset(ExtensionsName)).Read<byte[]>(), file.Path);
        }

        IH5Group history = root.Group("history");
        History = [.. Enumerable.Range(0, history.Children().Count()).Select(i => Hdf5Weights.ReadBlob(file, history.Dataset($"{i}")))];
        return true;
    });
}
