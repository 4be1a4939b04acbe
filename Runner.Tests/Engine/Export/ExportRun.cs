using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto.Formats.Onnx;
using Cnn.Tests.Engine.Graph;
using Google.Protobuf;

namespace Cnn.Tests.Engine.Export;

/// <summary>
/// An exported net whose file keeps the rules and that ONNX Runtime runs with its optimisations and without.
/// </summary>
internal sealed class ExportRun : IDisposable
{
    private readonly Net net;
    private readonly OnnxExport export;
    private readonly OnnxRun optimised;
    private readonly OnnxRun plain;

    /// <param name="folder">Where files are written.</param>
    /// <param name="net">The net.</param>
    /// <param name="options">How it is exported.</param>
    /// <exception cref="Cnn.Proto.CnnException">A layer cannot be exported.</exception>
    public ExportRun(TemporaryFolder folder, Net net, OnnxOptions? options = null)
    {
        this.net = net;
        export = OnnxExporter.Export(net, options ?? new OnnxOptions());
        string path = folder["net.onnx"];
        OnnxWriter.Write(path, export.Model, export.Weights);
        Model = OnnxRules.Require(path);
        optimised = new OnnxRun(path);

        // Without optimisations all values can be looked at: what follows a model's message adds to it.
        var more = new ModelProto { Graph = new GraphProto { Output = { export.Model.Graph.ValueInfo } } };
        File.AppendAllBytes(path, more.ToByteArray());
        plain = new OnnxRun(path, optimises: false);
    }

    /// <summary>The model without its arrays.</summary>
    public ModelProto Model { get; }

    /// <summary>The inputs: the net's blob, and the value's name.</summary>
    public IReadOnlyList<(string Blob, string Name)> Inputs => export.Inputs;

    /// <summary>The outputs: the net's blob, and the value's name.</summary>
    public IReadOnlyList<(string Blob, string Name)> Outputs => export.Outputs;

    /// <summary>Whether the batch size is open.</summary>
    public bool IsOpen => export.BatchProblem is null;

    public void Dispose()
    {
        optimised.Dispose();
        plain.Dispose();
    }

    /// <summary>Runs the net; its sources give their next values.</summary>
    /// <returns>What the sources gave, by blob.</returns>
    public static Dictionary<string, float[]> Forward(Net net)
    {
        var given = new Dictionary<string, float[]>();
        net.RunsLayersAlone = true;
        foreach (NetLayer layer in net.Layers)
        {
            net.ForwardLayer(layer);
            for (int i = 0; i < layer.TopList.Count && LayerExports.IsSource(layer); i++)
            {
                given[layer.TopNameList[i]] = layer.TopList[i].Data.ToArray();
            }
        }

        return given;
    }

    /// <summary>
    /// Runs the net and the file over the same values: ONNX Runtime, with its optimisations and without, gives what the
    /// net gives, each top of a layer has the net's values, and all have the shapes that the file says.
    /// </summary>
    /// <param name="given">What the sources of the net give.</param>
    /// <param name="tolerance">The greatest difference, relative to the largest value.</param>
    /// <param name="expected">The values that outputs have to have; those of the net where it has none.</param>
    public void Run(
        Dictionary<string, float[]> given, double tolerance, IReadOnlyDictionary<string, float[]>? expected = null)
    {
        (string, int[], float[])[] inputs =
            [.. Inputs.Select(i => (i.Name, net.FindBlob(i.Blob).Shape.ToArray(), given[i.Blob]))];
        foreach (Blob state in net.Layers.Where(l => !LayerExports.IsSource(l)).SelectMany(l => l.Layer.State))
        {
            state.Data.Clear();
        }

        var outputs = optimised.Run(inputs);
        var values = plain.Run(inputs);
        net.RunsLayersAlone = true;
        foreach (NetLayer layer in net.Layers)
        {
            if (!LayerExports.IsSource(layer))
            {
                net.ForwardLayer(layer);
                RequireTops(layer, values, tolerance);
                continue;
            }

            for (int i = 0; i < layer.TopList.Count; i++)
            {
                given[layer.TopNameList[i]].CopyTo(layer.TopList[i].Data);
            }
        }

        foreach (var (blob, name) in Outputs.Where(o => net.Blobs.ContainsKey(o.Blob)))
        {
            Blob ours = net.FindBlob(blob);
            float[] wanted = expected?.GetValueOrDefault(blob) ?? ours.Data.ToArray();
            foreach (var actual in (IReadOnlyDictionary<string, (int[] Shape, float[] Values)>[])[outputs, values])
            {
                Assert.Equal(ours.Shape.ToArray(), actual[name].Shape);
                GoldenCase.RequireClose(blob, wanted, actual[name].Values, tolerance);
            }
        }

        RequireShapes(values);
    }

    /// <summary>
    /// As <see cref="Run"/>, over the first item of each source alone. The net's batch size is 1 then.
    /// </summary>
    public void RunFirst(
        Dictionary<string, float[]> given, double tolerance, IReadOnlyDictionary<string, float[]>? expected = null)
    {
        var first = new Dictionary<string, float[]>();
        foreach (NetLayer source in net.Layers.Where(LayerExports.IsSource))
        {
            for (int i = 0; i < source.TopList.Count; i++)
            {
                Blob top = source.TopList[i];
                top.Reshape([1, .. top.Shape[1..]]);
                first[source.TopNameList[i]] = given[source.TopNameList[i]][..top.Count];
            }
        }

        Run(first, tolerance, expected);
    }

    private void RequireTops(
        NetLayer layer, IReadOnlyDictionary<string, (int[] Shape, float[] Values)> values, double tolerance)
    {
        foreach (var (_, top, value) in export.Tops.Where(t => t.Layer == layer))
        {
            Assert.Equal(layer.TopList[top].Shape.ToArray(), values[value].Shape);

            // Between layers values of both signs cancel here and there.
            GoldenCase.RequireClose(value, layer.TopList[top].Data.ToArray(), values[value].Values, 5 * tolerance);
        }
    }

    // A named size has one value in a run.
    private void RequireShapes(IReadOnlyDictionary<string, (int[] Shape, float[] Values)> run)
    {
        var sizes = new Dictionary<string, int>();
        foreach (var (name, size) in Model.Graph.Input.SelectMany(i => Named(i, ShapeOfInput(i.Name))))
        {
            Assert.Equal(size, sizes.GetValueOrDefault(name, size));
            sizes[name] = size;
        }

        foreach (ValueInfoProto value in Model.Graph.ValueInfo.Concat(Model.Graph.Output))
        {
            int[] actual = run[value.Name].Shape;
            var dims = value.Type.TensorType.Shape.Dim;
            Assert.True(dims.Count == actual.Length, $"'{value.Name}' has {actual.Length} axes, not {dims.Count}");
            for (int axis = 0; axis < actual.Length; axis++)
            {
                int size = dims[axis].DimParam.Length == 0
                    ? (int)dims[axis].DimValue
                    : sizes.GetValueOrDefault(dims[axis].DimParam, actual[axis]);
                Assert.True(size == actual[axis], $"axis {axis} of '{value.Name}' is {actual[axis]}, not {size}");
            }
        }
    }

    private int[] ShapeOfInput(string name) => net.FindBlob(Inputs.Single(i => i.Name == name).Blob).Shape.ToArray();

    private static IEnumerable<(string Name, int Size)> Named(ValueInfoProto value, int[] shape) =>
        value.Type.TensorType.Shape.Dim.Zip(shape).Where(d => d.First.DimParam.Length > 0)
            .Select(d => (d.First.DimParam, d.Second));
}
