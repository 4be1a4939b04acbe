using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Wire;

/// <summary>
/// Snapshots in the protobuf wire format, as Caffe writes them; arrays are written and read without a copy.
/// </summary>
internal sealed class BinarySnapshotFormat : ISnapshotFormat
{
    /// <inheritdoc/>
    public SolverParameter.Types.SnapshotFormat Choice => SolverParameter.Types.SnapshotFormat.Binaryproto;

    /// <inheritdoc/>
    public string Name => "binary proto";

    /// <inheritdoc/>
    public string Suffix => "";

    /// <inheritdoc/>
    public bool IsFormatOf(string path) => ProtoFile.IsBinary(path);

    /// <inheritdoc/>
    public WeightsFile OpenWeights(string path) =>
        Open(path, (file, handle) => new WeightsFile(WireWeights.Read(file), handle));

    /// <inheritdoc/>
    public StateFile OpenState(string path) => Open(path, (file, handle) => ReadState(file, handle, path));

    /// <summary>Accepts any names.</summary>
    public void RequireNames(IEnumerable<string> layers)
    {
    }

    /// <summary>Writes the net's name, then every layer's definition with its parameters.</summary>
    public void WriteWeights(SnapshotNet net, bool withDiff, Stream stream)
    {
        var writer = new WireWriter(stream);
        writer.Bytes(NetParameter.NameFieldNumber, ByteText.Encode(net.Name));
        foreach (SnapshotLayer layer in net.Layers)
        {
            long size = WireWriter.SizeOf(layer.Definition);
            foreach (SnapshotArray parameter in layer.Parameters)
            {
                size += WireWriter.SizeOf(LayerParameter.BlobsFieldNumber, Size(parameter, withDiff));
            }

            writer.Start(NetParameter.LayerFieldNumber, size);
            writer.Fields(layer.Definition);
            foreach (SnapshotArray parameter in layer.Parameters)
            {
                Write(writer, LayerParameter.BlobsFieldNumber, parameter, withDiff);
            }
        }
    }

    /// <inheritdoc/>
    public void WriteState(SolverState state, IReadOnlyList<SnapshotArray> history, Stream stream)
    {
        var writer = new WireWriter(stream);
        writer.Fields(state);
        foreach (SnapshotArray array in history)
        {
            Write(writer, SolverState.HistoryFieldNumber, array, withDiff: false);
        }
    }

    private static T Open<T>(string path, Func<WireFile, SafeFileHandle, T> read)
    {
        SafeFileHandle handle = FileText.OpenHandle(path);
        try
        {
            return read(new WireFile(handle, path), handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    // The history stays in the file; all other fields are small and become a message.
    private static StateFile ReadState(WireFile file, SafeFileHandle handle, string path)
    {
        WireReader<WireFile> reader = WireReader.Of(file);
        var history = new List<StoredBlob>();
        using var rest = new MemoryStream();
        while (!reader.IsAtEnd)
        {
            long start = reader.Position;
            var (field, type) = reader.ReadTag();
            if (field == SolverState.HistoryFieldNumber && type == WireType.Length)
            {
                long outer = reader.Enter();
                history.Add(WireBlob.Read(ref reader, file));
                reader.Leave(outer);
                continue;
            }

            reader.Skip(field, type);
            Copy(file, start, reader.Position, rest);
        }

        SolverState state = ProtoFile.ParseBinary<SolverState>(rest.ToArray(), path);
        if (!state.HasIter)
        {
            throw new CnnException($"{path}: is not a solver state: it has no iteration");
        }

        return new StateFile(handle)
        {
            Iteration = state.Iter,
            CurrentStep = state.CurrentStep,
            LearnedNet = state.HasLearnedNet ? state.LearnedNet : null,
            Extensions = state,
            History = history,
        };
    }

    private static void Copy(WireFile file, long start, long end, MemoryStream to)
    {
        if (end - start > Array.MaxLength - to.Length)
        {
            throw file.Damaged(start, $"a field of {end - start} bytes is longer than any real one");
        }

        var bytes = new byte[end - start];
        file.Read(start, bytes);
        to.Write(bytes);
    }

    private static long Size(SnapshotArray array, bool withDiff)
    {
        long numbers = array.Data.Length * (long)sizeof(float);
        return WireWriter.SizeOf(BlobProto.ShapeFieldNumber, StoredShape.Message(array.Shape).CalculateSize())
            + WireWriter.SizeOf(BlobProto.DataFieldNumber, numbers)
            + (withDiff ? WireWriter.SizeOf(BlobProto.DiffFieldNumber, numbers) : 0);
    }

    private static void Write(WireWriter writer, int field, SnapshotArray array, bool withDiff)
    {
        writer.Start(field, Size(array, withDiff));
        writer.Message(BlobProto.ShapeFieldNumber, StoredShape.Message(array.Shape));
        writer.Floats(BlobProto.DataFieldNumber, array.Data);
        if (withDiff)
        {
            writer.Floats(BlobProto.DiffFieldNumber, array.Diff);
        }
    }
}
