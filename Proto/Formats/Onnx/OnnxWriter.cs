using System.Globalization;
using Cnn.Proto.Formats.Wire;

namespace Cnn.Proto.Formats.Onnx;

/// <summary>
/// Writes ONNX files. The values of large arrays go from their own memory to the file; those of a model that would be
/// larger than a message can be go to a file beside it.
/// </summary>
internal static class OnnxWriter
{
    /// <summary>
    /// The size of the largest model whose values are in its own file: readers take messages of less than 2^31 bytes.
    /// </summary>
    public const long LargestMessage = int.MaxValue - (1 << 20);

    // Arrays in another file start where a page can be mapped.
    private const int Alignment = 1 << 16;

    // Small arrays stay in the model, where tools look for shapes and the like.
    private const int LeastExternal = 1024;

    /// <summary>The name of the file of the values of a model that has one beside it.</summary>
    /// <param name="path">The model's file.</param>
    public static string DataPath(string path) => path + ".data";

    /// <summary>Writes a model, atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model; its graph holds no arrays that are among the weights.</param>
    /// <param name="weights">Arrays that the graph has besides.</param>
    /// <param name="isExternal">
    /// Whether the values go to <see cref="DataPath"/> whatever their size; they do so where one message cannot hold
    /// them.
    /// </param>
    /// <param name="largest">The most bytes of one message.</param>
    /// <exception cref="CnnException">A file cannot be written.</exception>
    public static void Write(
        string path,
        ModelProto model,
        IReadOnlyList<OnnxWeight> weights,
        bool isExternal = false,
        long largest = LargestMessage)
    {
        isExternal |= weights.Sum(w => w.Bytes) + model.CalculateSize() > largest;
        List<TensorProto> headers = [.. weights.Select(w => w.Header)];
        if (isExternal)
        {
            WriteData(DataPath(path), weights, headers);
        }

        AtomicFile.Write(path, stream => Write(stream, model, weights, headers));
    }

    private static void WriteData(string path, IReadOnlyList<OnnxWeight> weights, List<TensorProto> headers) =>
        AtomicFile.Write(path, stream =>
        {
            long offset = 0;
            for (int i = 0; i < weights.Count; i++)
            {
                if (weights[i].Bytes < LeastExternal)
                {
                    continue;
                }

                long start = (offset + Alignment - 1) / Alignment * Alignment;
                Pad(stream, start - offset);
                FloatBytes.Write(stream, weights[i].Values());
                offset = start + weights[i].Bytes;
                headers[i].DataLocation = TensorProto.Types.DataLocation.External;
                Entry(headers[i], "location", Path.GetFileName(path));
                Entry(headers[i], "offset", start.ToString(CultureInfo.InvariantCulture));
                Entry(headers[i], "length", weights[i].Bytes.ToString(CultureInfo.InvariantCulture));
            }
        });

    private static void Entry(TensorProto tensor, string key, string value) =>
        tensor.ExternalData.Add(new StringStringEntryProto { Key = key, Value = value });

    private static void Pad(Stream stream, long count)
    {
        Span<byte> zeros = stackalloc byte[1024];
        zeros.Clear();
        for (; count > 0; count -= zeros.Length)
        {
            stream.Write(zeros[..(int)Math.Min(count, zeros.Length)]);
        }
    }

    private static void Write(
        Stream stream, ModelProto model, IReadOnlyList<OnnxWeight> weights, List<TensorProto> headers)
    {
        GraphProto graph = model.Graph;
        ModelProto rest = model.Clone();
        rest.Graph = null;
        var writer = new WireWriter(stream);
        writer.Fields(rest);
        long[] sizes = [.. weights.Select((w, i) => SizeOf(w, headers[i]))];
        writer.Start(
            ModelProto.GraphFieldNumber,
            WireWriter.SizeOf(graph)
            + sizes.Sum(size => WireWriter.SizeOf(GraphProto.InitializerFieldNumber, size)));
        writer.Fields(graph);
        for (int i = 0; i < weights.Count; i++)
        {
            writer.Start(GraphProto.InitializerFieldNumber, sizes[i]);
            writer.Fields(headers[i]);
            if (headers[i].DataLocation != TensorProto.Types.DataLocation.External)
            {
                writer.Start(TensorProto.RawDataFieldNumber, weights[i].Bytes);
                FloatBytes.Write(stream, weights[i].Values());
            }
        }
    }

    private static long SizeOf(OnnxWeight weight, TensorProto header) =>
        WireWriter.SizeOf(header)
        + (header.DataLocation == TensorProto.Types.DataLocation.External
            ? 0
            : WireWriter.SizeOf(TensorProto.RawDataFieldNumber, weight.Bytes));
}
