using System.Globalization;
using Cnn.Engine.Graph;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;

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
        var cases = new List<Case>();
        int batch = export.Inputs.Count == 0 ? 1 : net.Blobs[export.Inputs[0].Blob].Dim(0);
        int[] batches = export.BatchProblem is not null ? [batch] : [batch, batch == 1 ? 2 : 1];
        foreach (int size in batches)
        {
            for (int i = 0; i < InputsOfEach; i++)
            {
                cases.Add(Compute(export, size, cases.Count, export.BatchProblem is null));
            }
        }

        SetBatch(export, batch, export.BatchProblem is null);
        var outputs = runtime.Run(path, cases.Select(c => c.Inputs));
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
                    throw Differs(blob, difference, path);
                }

                greatest = Math.Max(greatest, difference);
            }
        }

        return (cases.Count, greatest);
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

    private Case Compute(OnnxExport export, int batch, int index, bool isOpen)
    {
        SetBatch(export, batch, isOpen);
        var inputs = new List<(string, int[], float[])>();
        foreach (var (blob, name) in export.Inputs)
        {
            Blob input = net.Blobs[blob];
            PhiloxRandom random = new RandomStreams(1).Create(blob, "check", index);
            float[] values = new float[input.Count];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = random.NextSingle();
            }

            inputs.Add((name, input.Shape.ToArray(), values));
            Prepared(values, blob, export).CopyTo(input.Data);
        }

        // The file begins each run anew.
        foreach (Blob state in net.Layers.SelectMany(l => l.Layer.State))
        {
            state.Data.Clear();
        }

        foreach (NetLayer layer in net.Layers.Where(l => !LayerExports.IsSource(l)))
        {
            net.ForwardLayer(layer);
        }

        return new Case(
            inputs,
            export.Outputs.Where(o => net.Blobs.ContainsKey(o.Blob))
                .ToDictionary(o => o.Blob, o => net.Blobs[o.Blob].Data.ToArray()));
    }

    // What the graph does to an image, done to the net's.
    private float[] Prepared(float[] values, string blob, OnnxExport export)
    {
        if (options.Preprocessing is not { } preprocessing || blob != export.Inputs[0].Blob)
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
        int now = net.Blobs[export.Inputs[0].Blob].Dim(0);
        foreach (Blob top in net.Layers.Where(LayerExports.IsSource).SelectMany(l => l.TopList))
        {
            if (top.AxisCount > 0 && top.Dim(0) == now)
            {
                top.Reshape([batch, .. top.Shape[1..]]);
            }
        }
    }

    // Runs again with all blobs as outputs, some at a time, and names the first that differs.
    private CnnException Differs(string output, double difference, string path)
    {
        string[] all = [.. net.Layers.SelectMany(l => l.TopNames).Distinct().Where(net.Blobs.ContainsKey)];
        foreach (string[] blobs in all.Chunk(MostValues))
        {
            string file = path + ".check";
            try
            {
                OnnxExport export = OnnxExporter.Export(net, options, blobs);
                OnnxWriter.Write(file, export.Model, export.Weights);
                Case one = Compute(export, net.Blobs[export.Inputs[0].Blob].Dim(0), 0, isOpen: false);
                var outputs = runtime.Run(file, [one.Inputs])[0];
                foreach (var (blob, name) in export.Outputs)
                {
                    double here = Difference(one.Outputs[blob], outputs[name]);
                    if (!(here <= Tolerance))
                    {
                        NetLayer writer = net.Layers.Last(l => l.TopNames.Contains(blob));
                        return new CnnException(string.Create(
                            CultureInfo.InvariantCulture,
                            $"'{path}' differs from the net: blob '{blob}' of layer '{writer.Name}' ({writer.Type}) by "
                            + $"{here:G2} of its largest value"));
                    }
                }
            }
            catch (CnnException)
            {
                // A blob that cannot be an output is passed over.
            }
            finally
            {
                File.Delete(file);
            }
        }

        return new CnnException(string.Create(
            CultureInfo.InvariantCulture,
            $"'{path}' differs from the net: output '{output}' by {difference:G2} of its largest value"));
    }

    private sealed record Case(
        IReadOnlyList<(string Name, int[] Shape, float[] Values)> Inputs, IReadOnlyDictionary<string, float[]> Outputs);
}
