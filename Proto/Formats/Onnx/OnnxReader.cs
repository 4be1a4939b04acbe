using Cnn.Proto.Formats.Wire;
using Google.Protobuf;
using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Onnx;

/// <summary>
/// Reads ONNX files. The bytes of the graph's arrays are not read: a model takes memory for its operations alone, and
/// for the arrays that are asked for.
/// </summary>
internal static class OnnxReader
{
    // Bytes of an array that are read with the rest of the message.
    private const long MostInMessage = 1024;

    /// <summary>Reads a model; all its arrays have been checked against the files' lengths.</summary>
    /// <exception cref="CnnException">The file cannot be read, is damaged, or is no ONNX model.</exception>
    public static OnnxModel Read(string path)
    {
        SafeFileHandle handle = FileText.OpenHandle(path);
        OnnxModel? model = null;
        try
        {
            var file = new WireFile(handle, path);
            if (file.Length == 0)
            {
                throw new CnnException($"{path}: the file is empty");
            }

            var tensors = new List<(TensorProto Header, long Start, long Length)>();
            model = new OnnxModel(path, ReadModel(file, path, tensors));
            model.Keep(path, handle);
            foreach (var (header, start, length) in tensors)
            {
                OnnxBytes? bytes = length < 0
                    ? null
                    : (offset, to) => WireReader.ReadAt(handle, path, start + offset, to);
                model.Initializers.Add(new OnnxTensor(model, header, bytes, length));
            }

            return model;
        }
        catch
        {
            model?.Dispose();
            handle.Dispose();
            throw;
        }
    }

    private static ModelProto ReadModel(
        WireFile file, string path, List<(TensorProto Header, long Start, long Length)> tensors)
    {
        using var rest = new MemoryStream();
        using var graph = new MemoryStream();
        bool hasGraph = false;
        WireReader<WireFile> reader = WireReader.Of(file);
        while (!reader.IsAtEnd)
        {
            long start = reader.Position;
            var (field, type) = reader.ReadTag();
            if (field == ModelProto.GraphFieldNumber && type == WireType.Length)
            {
                long outer = reader.Enter();
                ReadGraph(ref reader, file, path, graph, tensors);
                reader.Leave(outer);
                hasGraph = true;
            }
            else
            {
                reader.Skip(field, type);
                Copy(file, start, reader.Position, rest);
            }
        }

        if (!hasGraph)
        {
            throw new CnnException($"{path}: is damaged or no ONNX model: it has no graph");
        }

        ModelProto model = rest.Length == 0 ? new ModelProto() : Parse<ModelProto>(rest.ToArray(), path);
        model.Graph = graph.Length == 0 ? new GraphProto() : Parse<GraphProto>(graph.ToArray(), path);
        return model;
    }

    private static void ReadGraph(
        ref WireReader<WireFile> reader,
        WireFile file,
        string path,
        MemoryStream rest,
        List<(TensorProto Header, long Start, long Length)> tensors)
    {
        while (!reader.IsAtEnd)
        {
            long start = reader.Position;
            var (field, type) = reader.ReadTag();
            if (field == GraphProto.InitializerFieldNumber && type == WireType.Length)
            {
                long outer = reader.Enter();
                tensors.Add(ReadTensor(ref reader, file, path));
                reader.Leave(outer);
            }
            else
            {
                reader.Skip(field, type);
                Copy(file, start, reader.Position, rest);
            }
        }
    }

    private static (TensorProto Header, long Start, long Length) ReadTensor(
        ref WireReader<WireFile> reader, WireFile file, string path)
    {
        using var rest = new MemoryStream();
        long first = 0, length = -1;
        while (!reader.IsAtEnd)
        {
            long start = reader.Position;
            var (field, type) = reader.ReadTag();
            if (field != TensorProto.RawDataFieldNumber || type != WireType.Length)
            {
                reader.Skip(field, type);
                Copy(file, start, reader.Position, rest);
                continue;
            }

            long outer = reader.Enter();
            (first, length) = (reader.Position, reader.Limit - reader.Position);
            bool isSmall = length <= MostInMessage;
            reader.Leave(outer);
            if (isSmall)
            {
                Copy(file, start, reader.Position, rest);
                length = -1;
            }
        }

        return (rest.Length == 0 ? new TensorProto() : Parse<TensorProto>(rest.ToArray(), path), first, length);
    }

    private static T Parse<T>(byte[] bytes, string path)
        where T : class, IMessage<T>, new()
    {
        try
        {
            return MessageBytes.Parse<T>(bytes);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidOperationException)
        {
            throw new CnnException($"{path}: is damaged or no ONNX model", inner: exception);
        }
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
}
