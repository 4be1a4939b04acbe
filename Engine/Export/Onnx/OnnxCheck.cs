using System.Globalization;
using Cnn.Engine.Checks;
using Cnn.Engine.Graph;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;
using Google.Protobuf;

namespace Cnn.Engine.Export.Onnx;

/// <summary>
/// Holds an exported file against the net that it came from: ONNX Runtime and the net run over the same random inputs.
/// </summary>
internal sealed class OnnxCheck(Net net, OnnxOptions options, OnnxRuntimeLibrary runtime)
{
    private const int InputsOfEach = 2;
    private const int MostValues = 64;

    /// <summary>The greatest difference that is taken for rounding, relative to the largest value of a blob.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>Compares the outputs; returns the number of inputs and the greatest relative difference.</summary>
    /// <param name="path">The file.</param>
    /// <param name="export">What is in it.</param>
    /// <exception cref="CnnException">They differ; the error names the first blob that does.</exception>
    public (int Inputs, double Difference) Run(string path, OnnxExport export)
    {
        int batch = BatchOf(export);
        float[][] states = [.. States.Select(s => s.Data.ToArray())];
        try
        {
            return Compare(path, export, batch);
        }
        finally
        {
            SetBatch(export, batch, export.BatchProblem is null);
            foreach (NetLayer layer in net.Layers.Where(l => !LayerExports.IsSource(l)))
            {
                layer.Layer.Reshape(layer.BottomList, layer.TopList);
            }

            foreach (var (state, values) in States.Zip(states))
            {
                values.CopyTo(state.Data);
            }
        }
    }

    // What recurrent layers keep; the graph starts without it.
    private IEnumerable<Blob> States =>
        net.Layers.Where(l => !LayerExports.IsSource(l)).SelectMany(l => l.Layer.State);

    private (int Inputs, double Difference) Compare(string path, OnnxExport export, int batch)
    {
        var cases = new List<Case>();
        int[] batches = export.BatchProblem is not null ? [batch] : [batch, batch == 1 ? 2 : 1];
        foreach (int size in batches)
        {
            for (int i = 0; i < InputsOfEach; i++)
            {
                Report(cases.Count);
                cases.Add(Checkable(export, size, cases.Count, path));
            }
        }

        var outputs = runtime.Run(path, cases.Select((c, i) =>
        {
            Report(cases.Count + i);
            return c.Inputs;
        }));
        double greatest = 0;
        for (int i = 0; i < cases.Count; i++)
        {
            foreach (var (blob, name) in export.Outputs)
            {
                if (!cases[i].Outputs.TryGetValue(blob, out float[]? expected))
                {
                    continue;
                }

                double difference = Difference(expected, outputs[i][name]);
                if (!(difference <= Tolerance))
                {
                    throw Differs(export, path, cases[i], blob, difference);
                }

                greatest = Math.Max(greatest, difference);
            }
        }

        return (cases.Count, greatest);

        // The net and then the runtime run each input.
        void Report(int done) => options.CheckProgress?.Report(
            new CheckProgress(Path.GetFileName(path), done, 2 * batches.Length * InputsOfEach));
    }

    /// <summary>Returns the greatest difference, relative to the largest expected value.</summary>
    public static double Difference(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        if (expected.Length != actual.Length)
        {
            return double.PositiveInfinity;
        }

        double largest = 0, difference = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i].Equals(actual[i]))
            {
                continue;
            }

            largest = Math.Max(largest, Math.Abs((double)expected[i]));
            difference = Math.Max(difference, Math.Abs((double)expected[i] - actual[i]));
            difference = double.IsNaN((double)expected[i] - actual[i]) ? double.PositiveInfinity : difference;
        }

        foreach (float value in expected)
        {
            largest = float.IsFinite(value) ? Math.Max(largest, Math.Abs((double)value)) : largest;
        }

        return difference == 0 ? 0 : difference / Math.Max(largest, float.Epsilon);
    }

    private int BatchOf(OnnxExport export) =>
        export.Inputs.Count > 0 && net.Blobs[export.Inputs[0].Blob] is { AxisCount: > 0 } input ? input.Dim(0) : 1;

    // Some layers refuse what random numbers make of their inputs, such as boxes with negative sizes.
    private Case Checkable(OnnxExport export, int batch, int index, string path)
    {
        try
        {
            return Compute(export, batch, index, export.BatchProblem is null);
        }
        catch (CnnException exception)
        {
            throw new CnnException(
                $"'{path}' cannot be checked, since the net does not take random inputs: {exception.Message}",
                "the file is written; export it without the check");
        }
    }

    private Case Compute(OnnxExport export, int batch, int index, bool isOpen, Action<NetLayer>? onRun = null)
    {
        SetBatch(export, batch, isOpen);
        var inputs = new List<(string, int[], float[])>();
        foreach (var (blob, name) in export.Inputs)
        {
            Blob input = net.Blobs[blob];
            PhiloxRandom random = new RandomStreams(1).Create(blob, "check", index);
            float[] values = new float[input.Count];
            float largest = IsPrepared(export, blob) ? byte.MaxValue : 1;
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = random.NextSingle() * largest;
            }

            inputs.Add((name, input.Shape.ToArray(), values));
            Prepared(values, blob, export).CopyTo(input.Data);
        }

        foreach (Blob state in States)
        {
            state.Data.Clear();
        }

        bool ranAlone = net.RunsLayersAlone;
        net.RunsLayersAlone = true;
        try
        {
            foreach (NetLayer layer in net.Layers.Where(l => !LayerExports.IsSource(l)))
            {
                net.ForwardLayer(layer);
                onRun?.Invoke(layer);
            }
        }
        finally
        {
            net.RunsLayersAlone = ranAlone;
        }

        return new Case(
            batch,
            index,
            inputs,
            export.Outputs.Where(o => net.Blobs.ContainsKey(o.Blob))
                .ToDictionary(o => o.Blob, o => net.Blobs[o.Blob].Data.ToArray()));
    }

    private bool IsPrepared(OnnxExport export, string blob) =>
        options.Preprocessing is not null && blob == export.Inputs[0].Blob;

    // What the graph does to an image, done to the net's.
    private float[] Prepared(float[] values, string blob, OnnxExport export)
    {
        if (options.Preprocessing is not { } preprocessing || !IsPrepared(export, blob))
        {
            return values;
        }

        Blob image = net.Blobs[blob];
        int channels = image.Dim(1), plane = image.CountOf(2);
        float[] mean = preprocessing.Mean?.For(channels, image.Dim(2), image.Dim(3)) ?? new float[channels * plane];
        var prepared = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int item = i / (channels * plane), c = i / plane % channels, at = i % plane;
            int from = preprocessing.SwapsChannels ? channels - 1 - c : c;
            prepared[i] = (values[(((item * channels) + from) * plane) + at] - mean[(c * plane) + at])
                * preprocessing.Scale;
        }

        return prepared;
    }

    private void SetBatch(OnnxExport export, int batch, bool isOpen)
    {
        if (!isOpen || export.Inputs.Count == 0)
        {
            return;
        }

        // Sources that the graph does not need, such as labels, follow too.
        int now = BatchOf(export);
        foreach (Blob top in net.Layers.Where(LayerExports.IsSource).SelectMany(l => l.TopList))
        {
            if (top.AxisCount > 0 && top.Dim(0) == now)
            {
                top.Reshape([batch, .. top.Shape[1..]]);
            }
        }
    }

    // Runs the file again with the tops of layers as outputs, some at a time, and names the first that differs.
    private CnnException Differs(OnnxExport export, string path, Case failed, string output, double difference)
    {
        string file = path + ".check";
        try
        {
            File.Copy(path, file, overwrite: true);
            foreach (var tops in export.Tops.Chunk(MostValues))
            {
                GiveAlso(file, new FileInfo(path).Length, export, tops.Select(t => t.Value));
                var expected = new Dictionary<string, float[]>();
                Compute(export, failed.Batch, failed.Index, export.BatchProblem is null, ran =>
                {
                    foreach (var (layer, top, value) in tops.Where(t => t.Layer == ran))
                    {
                        expected[value] = layer.TopList[top].Data.ToArray();
                    }
                });
                var actual = runtime.Run(file, [failed.Inputs])[0];
                foreach (var (layer, top, value) in tops.Where(t => expected.ContainsKey(t.Value)))
                {
                    double here = Difference(expected[value], actual[value]);
                    if (!(here <= Tolerance))
                    {
                        return Error(
                            path, $"blob '{layer.TopNameList[top]}' of layer '{layer.Name}' ({layer.Type})", here);
                    }
                }
            }
        }
        catch (Exception exception) when (exception is CnnException or IOException or UnauthorizedAccessException)
        {
            // The output that differs is known, if not the layer that is to blame.
        }
        finally
        {
            File.Delete(file);
        }

        return Error(path, $"output '{output}'", difference);
    }

    // Adds outputs at the end of a file: of a message that comes twice, the second adds to the first.
    private static void GiveAlso(string file, long length, OnnxExport export, IEnumerable<string> values)
    {
        string[] outputs = [.. export.Outputs.Select(o => o.Name)];
        var more = new ModelProto { Graph = new GraphProto() };
        more.Graph.Output.Add(export.Model.Graph.ValueInfo.IntersectBy(values.Except(outputs), v => v.Name));
        using FileStream stream = File.OpenWrite(file);
        stream.SetLength(length);
        stream.Seek(0, SeekOrigin.End);
        more.WriteTo(stream);
    }

    private static CnnException Error(string path, string what, double difference) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"'{path}' differs from the net: {what} by {difference:G2} of its largest value"));

    private sealed record Case(
        int Batch,
        int Index,
        IReadOnlyList<(string Name, int[] Shape, float[] Values)> Inputs,
        IReadOnlyDictionary<string, float[]> Outputs);
}
