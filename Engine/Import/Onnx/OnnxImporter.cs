using System.Globalization;
using Cnn.Engine.Export.Onnx;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Onnx;

namespace Cnn.Engine.Import.Onnx;

/// <summary>Reads a graph of ONNX's operators as a net.</summary>
internal sealed class OnnxImporter
{
    // Operators before had other rules of broadcasting.
    private const int LeastOpset = 7;

    private const int MostListed = 20;

    private const long LeastLimit = 1 << 20;

    private readonly OnnxModel model;
    private readonly OnnxImportOptions options;
    private readonly Dictionary<string, ImportedValue> values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> uses = new(StringComparer.Ordinal);
    private readonly HashSet<string> missing = new(StringComparer.Ordinal);
    private readonly List<(LayerDraft Layer, string Operator)> layers = [];
    private readonly List<string> problems = [];

    private OnnxImporter(OnnxModel model, OnnxImportOptions options) => (this.model, this.options) = (model, options);

    /// <summary>The version of the set of operators.</summary>
    public long Opset { get; private set; }

    /// <summary>Whether this program exported the file.</summary>
    public bool IsOfThisProgram => model.Message.ProducerName == "cnn";

    /// <summary>Reads a model.</summary>
    /// <exception cref="CnnException">It is damaged, or has operations that no layer computes.</exception>
    public static ImportedNet Import(OnnxModel model, OnnxImportOptions options) =>
        new OnnxImporter(model, options).Run();

    /// <summary>
    /// The most values of an array that is computed: the result of a small file may be larger than the file, but not
    /// by much.
    /// </summary>
    public long MostValues => Math.Max(LeastLimit, model.Bytes);

    /// <summary>Returns the value of a name.</summary>
    public ImportedValue ValueOf(string name) => values[name];

    /// <summary>Returns how many operations and outputs of the graph read a value.</summary>
    public int UsesOf(string name) => uses.GetValueOrDefault(name);

    /// <summary>Returns an array that is an attribute's.</summary>
    public OnnxTensor Tensor(TensorProto tensor) => model.Tensor(tensor);

    /// <summary>Returns the shape that the file gives for a value; null where it gives none.</summary>
    public int[]? Declared(string name)
    {
        GraphProto graph = model.Message.Graph;
        TensorShapeProto? shape = graph.ValueInfo.Concat(graph.Output)
            .FirstOrDefault(v => v.Name == name)?.Type?.TensorType?.Shape;
        bool isWhole = shape is not null && shape.Dim.Index().All(d => d.Item.HasDimValue
            ? d.Item.DimValue is > 0 and <= int.MaxValue
            : (d.Index == 0 && d.Item.DimParam == "batch") || d.Item.DimParam == $"{name}_count");

        // The export names a number of places that values decide on; a layer starts with one.
        return isWhole
            ? [.. shape!.Dim.Select(d => d.HasDimValue ? (int)d.DimValue : d.DimParam == "batch" ? options.Batch : 1)]
            : null;
    }

    /// <summary>Adds a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="type">The operator that it is for.</param>
    public void Add(LayerDraft layer, string type) => layers.Add((layer, type));

    /// <summary>Gives a value a name in the graph.</summary>
    public void Bind(string name, ImportedValue value)
    {
        value.IsShared |= UsesOf(name) > 1;
        value.Name ??= BlobName(name);
        if (value.Blob is { IsFixed: false } blob)
        {
            blob.Name ??= value.Name;
        }

        values[name] = value;
    }

    private ImportedNet Run()
    {
        GraphProto graph = model.Message.Graph;
        Opset = model.Message.OpsetImport.FirstOrDefault(o => o.Domain is "" or "ai.onnx")?.Version ?? 0;
        if (Opset < LeastOpset)
        {
            throw model.Error(
                Opset == 0 ? "it does not say which set of operators it uses" : $"it is of opset {Opset}",
                $"opset {LeastOpset} and later ones are read; onnx.version_converter brings older files up to date");
        }

        foreach (OnnxTensor tensor in model.Initializers)
        {
            var constant = new ConstantArray(tensor);
            values[tensor.Name] = new ImportedValue(constant.Shape) { Constant = constant };
        }

        if (IsOfThisProgram)
        {
            GraphPatterns.Replace(model);
        }

        bool[] isNeeded = FindNeeded(graph);
        AddInputs(graph);
        for (int i = 0; i < graph.Node.Count; i++)
        {
            if (isNeeded[i])
            {
                Translate(graph.Node[i]);
            }
        }

        string[] outputs = [.. graph.Output.Select(o => o.Name).Distinct()];
        if (outputs.Length == 0)
        {
            throw model.Error("its graph has no outputs");
        }

        RequireTranslated();
        foreach (string output in outputs)
        {
            GiveOutput(graph, output);
        }

        RequireTranslated();
        SilenceTheRest(outputs);
        new DraftNames(layers).Give();
        return Result(graph);
    }

    // Nodes that no output needs are left out, whatever they are.
    private bool[] FindNeeded(GraphProto graph)
    {
        var isNeeded = new bool[graph.Node.Count];
        var needed = new HashSet<string>(graph.Output.Select(o => o.Name), StringComparer.Ordinal);
        foreach (ValueInfoProto output in graph.Output)
        {
            uses[output.Name] = UsesOf(output.Name) + 1;
        }

        for (int i = graph.Node.Count - 1; i >= 0; i--)
        {
            NodeProto node = graph.Node[i];
            isNeeded[i] = node.Output.Any(needed.Contains);
            foreach (string input in isNeeded[i] ? node.Input : [])
            {
                needed.Add(input);
                uses[input] = UsesOf(input) + 1;
            }
        }

        return isNeeded;
    }

    private void AddInputs(GraphProto graph)
    {
        foreach (ValueInfoProto input in graph.Input)
        {
            // Before version 4 of the format, initializers were inputs as well.
            if (values.ContainsKey(input.Name) || UsesOf(input.Name) == 0)
            {
                continue;
            }

            int[] shape = ShapeOf(input);
            var layer = new LayerDraft("Input", input.Name);
            var blob = new BlobDraft { Name = input.Name, IsFixed = true };
            layer.Tops.Add(blob);
            layer.Definition.InputParam = new InputParameter
            {
                Shape = { new BlobShape { Dim = { shape.Select(d => (long)d) } } },
            };
            layers.Add((layer, "Input"));
            values[input.Name] = new ImportedValue(shape)
            {
                Name = input.Name, Blob = blob, IsShared = UsesOf(input.Name) > 1,
            };
        }
    }

    private int[] ShapeOf(ValueInfoProto input)
    {
        if (options.Shapes.TryGetValue(input.Name, out IReadOnlyList<int>? given))
        {
            return [.. given];
        }

        if (input.Type?.TensorType?.Shape is not { } stored)
        {
            throw model.Error(
                $"input '{input.Name}' has no shape", $"give one: --shape {input.Name}=1x3x224x224");
        }

        var shape = new int[stored.Dim.Count];
        for (int axis = 0; axis < shape.Length; axis++)
        {
            TensorShapeProto.Types.Dimension dim = stored.Dim[axis];
            bool isOpen = !dim.HasDimValue || dim.DimValue <= 0;
            if (isOpen && axis > 0)
            {
                string name = dim.HasDimParam ? $" ('{dim.DimParam}')" : "";
                throw model.Error(
                    $"axis {axis}{name} of input '{input.Name}' has no size",
                    $"give the shape, such as --shape {input.Name}=1x3x224x224");
            }

            if (!isOpen && dim.DimValue > int.MaxValue)
            {
                throw model.Error($"input '{input.Name}' is {dim.DimValue} long on axis {axis}, which is too large");
            }

            shape[axis] = isOpen ? options.Batch : (int)dim.DimValue;
        }

        return Sizes.IsPossible(shape)
            ? shape
            : throw model.Error($"input '{input.Name}' of shape {Sizes.Text(shape)} is too large");
    }

    private void Translate(NodeProto node)
    {
        if (node.Output.FirstOrDefault(o => o.Length > 0 && values.ContainsKey(o)) is { } twice)
        {
            throw model.Error($"{NameOf(node)} writes '{twice}', which is written already");
        }

        if (node.Output.Count == 0)
        {
            throw model.Error($"{NameOf(node)} has no outputs");
        }

        bool isOwn = node.Domain is "" or "ai.onnx";
        Action<NodeImport>? import = isOwn ? OperatorImports.Of(node.OpType)
            : node.Domain == OnnxGraph.CustomDomain ? CustomImport.Add : null;
        bool folds = isOwn && ConstantFolding.Knows(node.OpType);
        if (import is null && !folds)
        {
            Refuse(node, isOwn ? "no layer computes this operator" : $"its domain is '{node.Domain}', not ONNX's own");
            return;
        }

        // What comes after an operation that is refused is not looked at.
        if (node.Input.Any(missing.Contains))
        {
            missing.UnionWith(node.Output);
            return;
        }

        if (node.Input.FirstOrDefault(i => i.Length > 0 && !values.ContainsKey(i)) is { } unknown)
        {
            throw model.Error($"{NameOf(node)} reads '{unknown}', which nothing before it writes");
        }

        try
        {
            var context = new NodeImport(this, node);
            if (isOwn && ConstantFolding.Fold(context, MostValues) is { } known)
            {
                for (int i = 0; i < known.Length; i++)
                {
                    context.Out(known[i], i);
                }
            }
            else if (import is not null)
            {
                import(context);
            }
            else
            {
                throw context.Refusal("no layer computes this operator of values that the net computes");
            }
        }
        catch (CnnException exception)
        {
            Refuse(node, exception.Diagnostics[0].Message);
        }

        missing.UnionWith(node.Output.Where(o => o.Length > 0 && !values.ContainsKey(o)));
    }

    private void Refuse(NodeProto node, string reason)
    {
        problems.Add($"{NameOf(node)}: {reason}");
        missing.UnionWith(node.Output);
    }

    private static string NameOf(NodeProto node)
    {
        string name = node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault() ?? "";
        return $"node '{name}' ({(node.Domain.Length > 0 ? $"{node.Domain}." : "")}{node.OpType})";
    }

    private void RequireTranslated()
    {
        if (problems.Count == 0)
        {
            return;
        }

        IEnumerable<string> listed = problems.Take(MostListed);
        if (problems.Count > MostListed)
        {
            listed = listed.Append($"and {problems.Count - MostListed} more nodes");
        }

        throw new CnnException([.. listed.Select(p => new Diagnostic($"{model.Path}: {p}"))]);
    }

    // An output has the graph's name for it, whatever its blob was called.
    private void GiveOutput(GraphProto graph, string output)
    {
        if (!values.TryGetValue(output, out ImportedValue? value))
        {
            throw model.Error($"output '{output}' is written by nothing");
        }

        var node = new NodeProto { Name = output, OpType = "Identity", Output = { output } };
        var context = new NodeImport(this, node);
        try
        {
            BlobDraft blob = context.BlobOf(value);
            if (blob.IsFixed && blob.Name != output)
            {
                blob = context.BlobOf(context.Add("Split", [value], value.Shape));
            }

            (blob.Name, blob.IsFixed) = (output, true);
        }
        catch (CnnException exception)
        {
            Refuse(node, exception.Diagnostics[0].Message);
            return;
        }

        RequireDeclared(graph.Output.First(o => o.Name == output), value.Shape);
    }

    private void RequireDeclared(ValueInfoProto output, int[] shape)
    {
        if (output.Type?.TensorType?.Shape is not { } declared || options.Shapes.Count > 0)
        {
            return;
        }

        bool fits = declared.Dim.Count == shape.Length;
        for (int axis = 1; fits && axis < shape.Length; axis++)
        {
            fits = !declared.Dim[axis].HasDimValue || declared.Dim[axis].DimValue == shape[axis];
        }

        if (!fits)
        {
            string text = string.Join(
                " x ", declared.Dim.Select(d => d.HasDimValue ? $"{d.DimValue}" : d.HasDimParam ? d.DimParam : "?"));
            throw model.Error(
                $"output '{output.Name}' is said to be {text}, but its operations make it {Sizes.Text(shape)}");
        }
    }

    // What nothing reads would be an output of the net.
    private void SilenceTheRest(string[] outputs)
    {
        var read = layers.SelectMany(l => l.Layer.Bottoms).ToHashSet();
        BlobDraft[] unread =
        [
            .. layers.SelectMany(l => l.Layer.Tops)
                .Where(t => !read.Contains(t) && !(t.IsFixed && outputs.Contains(t.Name))),
        ];
        if (unread.Length > 0)
        {
            var silence = new LayerDraft("Silence", "silence");
            silence.Bottoms.AddRange(unread);
            layers.Add((silence, "Silence"));
        }
    }

    private ImportedNet Result(GraphProto graph)
    {
        var net = new NetParameter { Name = graph.Name };
        var weights = new List<SnapshotLayer>();
        ILookup<ConstantArray, DraftArray> users = layers.SelectMany(l => l.Layer.Arrays)
            .Where(a => a.Source?.Name is not null).ToLookup(a => a.Source!);
        foreach (var (draft, _) in layers)
        {
            LayerParameter layer = draft.Definition;
            (layer.Name, layer.Type) = (draft.Name, draft.Type);
            layer.Bottom.Add(draft.Bottoms.Select(b => b.Name));
            layer.Top.Add(draft.Tops.Select(t => t.Name));
            for (int i = 0; i < draft.Arrays.Count; i++)
            {
                ShareParameter(layer, draft.Arrays[i], i, users);
            }

            net.Layer.Add(layer);
            weights.Add(new SnapshotLayer(
                new LayerParameter { Name = layer.Name, Type = layer.Type }, [.. draft.Arrays]));
        }

        return new ImportedNet(new NetDefinition(net), new SnapshotNet(net.Name, weights));
    }

    private static void ShareParameter(
        LayerParameter layer, DraftArray array, int index, ILookup<ConstantArray, DraftArray> users)
    {
        DraftArray[] same = array.Source?.Name is null ? [] : [.. users[array.Source]];
        if (same.Length < 2 || !Array.TrueForAll(same, s => s.Shape.SequenceEqual(array.Shape)))
        {
            return;
        }

        while (layer.Param.Count <= index)
        {
            layer.Param.Add(new ParamSpec());
        }

        layer.Param[index].Name = array.Source!.Name;
        if (same[0] != array)
        {
            array.Share();
        }
    }

    // PyTorch's names of values are those of its modules with /output_0 or the like.
    private static string BlobName(string name)
    {
        string clean = name.TrimStart('/');
        int end = clean.LastIndexOf("_output_", StringComparison.Ordinal);
        if (end > 0 && int.TryParse(
            clean.AsSpan(end + "_output_".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            clean = number == 0 ? clean[..end] : $"{clean[..end]}_{number}";
        }

        return clean.Length > 0 ? clean : name;
    }
}
