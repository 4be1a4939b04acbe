using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;
using AttributeType = Cnn.Proto.Formats.Onnx.AttributeProto.Types.AttributeType;

namespace Cnn.Engine.Import.Onnx;

/// <summary>
/// An operation on its way into a net: what its translation reads, and where it puts layers. Each output that is used
/// has to be bound to a value with <see cref="Out"/>.
/// </summary>
internal sealed class NodeImport(OnnxImporter importer, NodeProto node)
{
    // The largest kernel, step or border.
    private const int LargestSize = 1 << 24;

    // Names of weights end in these; what is before belongs to the layer.
    private static readonly string[] Roles =
        ["weight", "bias", "running_mean", "running_var", "filters", "slope", "W", "B"];

    private string? layerName;

    /// <summary>The operation.</summary>
    public NodeProto Node { get; } = node;

    /// <summary>The version of the set of operators.</summary>
    public long Opset => importer.Opset;

    /// <summary>Whether this program exported the file.</summary>
    public bool IsOfThisProgram => importer.IsOfThisProgram;

    /// <summary>The number of inputs, those that are left out at the end not counted.</summary>
    public int InputCount => Node.Input.Count;

    /// <summary>Whether an input is given.</summary>
    public bool Has(int input) => input < Node.Input.Count && Node.Input[input].Length > 0;

    /// <summary>Whether something reads an output.</summary>
    public bool IsRead(int output) =>
        output < Node.Output.Count && importer.UsesOf(Node.Output[output]) > 0;

    /// <summary>Returns the value of an input.</summary>
    /// <exception cref="CnnException">It is not given.</exception>
    public ImportedValue In(int input = 0) =>
        Has(input) ? importer.ValueOf(Node.Input[input]) : throw Refusal($"it has no input {input + 1}");

    /// <summary>Returns the values of an input that has to be known.</summary>
    /// <param name="input">The input.</param>
    /// <param name="what">What it is, for the error: "weights".</param>
    /// <exception cref="CnnException">They are computed by the net.</exception>
    public ConstantArray Known(int input, string what) =>
        In(input).Constant ?? throw Refusal($"its {what} are computed by the net, a layer has them fixed");

    /// <summary>
    /// Returns whole numbers that are an attribute in older sets of operators and an input in newer ones.
    /// </summary>
    /// <param name="input">The input.</param>
    /// <param name="attribute">The attribute.</param>
    /// <returns>The numbers; null where neither is given.</returns>
    public long[]? Numbers(int input, string attribute) =>
        Has(input) ? Known(input, attribute).Whole : Attribute(attribute) is null ? null : Ints(attribute);

    /// <summary>Returns a number that is an attribute in older sets of operators and an input in newer ones.</summary>
    public float? Number(int input, string attribute)
    {
        if (!Has(input))
        {
            return Attribute(attribute) is null ? null : Float(attribute, 0);
        }

        ConstantArray known = Known(input, attribute);
        return known.Count == 1 ? known.Floats[0] : throw Refusal($"its {attribute} has {known.Count} values, not 1");
    }

    /// <summary>Returns an attribute; null where it is not given.</summary>
    public AttributeProto? Attribute(string name) => Node.Attribute.FirstOrDefault(a => a.Name == name);

    /// <summary>Returns an attribute that is a whole number.</summary>
    public int Int(string name, int otherwise)
    {
        AttributeProto? attribute = Attribute(name);
        return attribute is null ? otherwise
            : attribute.HasI || attribute.Type == AttributeType.Int ? Small(attribute.I, name)
            : throw Refusal($"its attribute {name} is no whole number");
    }

    /// <summary>Returns an attribute that is a number.</summary>
    public float Float(string name, float otherwise)
    {
        AttributeProto? attribute = Attribute(name);
        return attribute is null ? otherwise
            : attribute.HasF || attribute.Type == AttributeType.Float ? attribute.F
            : throw Refusal($"its attribute {name} is no number");
    }

    /// <summary>Returns an attribute that is a text.</summary>
    public string Text(string name, string otherwise) => Attribute(name) is { } attribute
        ? attribute.S.ToStringUtf8()
        : otherwise;

    /// <summary>Returns an attribute that is a list of whole numbers; empty where it is not given.</summary>
    public long[] Ints(string name) => [.. Attribute(name)?.Ints ?? []];

    /// <summary>Returns a list of sizes, one for each of some axes.</summary>
    /// <param name="name">The attribute.</param>
    /// <param name="count">The number of axes.</param>
    /// <param name="otherwise">Each where it is not given.</param>
    /// <param name="least">The least that it may be.</param>
    public int[] SizesOf(string name, int count, int otherwise, int least)
    {
        long[] values = Ints(name);
        if (values.Length == 0)
        {
            return [.. Enumerable.Repeat(otherwise, count)];
        }

        if (values.Length != count)
        {
            throw Refusal($"its attribute {name} has {values.Length} numbers, expected {count}");
        }

        int[] sizes = [.. values.Select(v => Small(v, name))];
        return Array.TrueForAll(sizes, s => s >= least && s <= LargestSize)
            ? sizes
            : throw Refusal($"its attribute {name} is {string.Join(", ", values)}, each must be {least} or more");
    }

    /// <summary>Returns an axis of a value, counted from the first.</summary>
    /// <param name="axis">The axis; negative counts from behind the last.</param>
    /// <param name="axes">The number of axes.</param>
    public int Axis(long axis, int axes)
    {
        long found = axis < 0 ? axis + axes : axis;
        return found >= 0 && found < axes
            ? (int)found
            : throw Refusal($"it has axis {axis} for a value of {axes} axes");
    }

    /// <summary>Returns an index into an axis, counted from the first.</summary>
    /// <param name="index">The index; negative counts from behind the last.</param>
    /// <param name="size">The axis' size.</param>
    public int Index(long index, int size)
    {
        long found = index < 0 ? index + size : index;
        return found >= 0 && found < size
            ? (int)found
            : throw Refusal($"it has index {index} for an axis of {size}");
    }

    /// <summary>Returns the shape that the file gives for an output.</summary>
    public int[] Declared(string output) =>
        importer.Declared(output) ?? throw Refusal($"the file does not tell the shape of '{output}'");

    /// <summary>Returns an array that is an attribute's.</summary>
    public OnnxTensor Tensor(TensorProto tensor) => importer.Tensor(tensor);

    /// <summary>Adds a layer with one top.</summary>
    /// <param name="type">The type.</param>
    /// <param name="bottoms">What it reads.</param>
    /// <param name="shape">The top's shape.</param>
    /// <param name="set">Sets its options.</param>
    /// <param name="arrays">Its parameters.</param>
    /// <param name="name">Its name, where that is not the operation's.</param>
    /// <returns>The top.</returns>
    public ImportedValue Add(
        string type,
        ReadOnlySpan<ImportedValue> bottoms,
        int[] shape,
        Action<LayerParameter>? set = null,
        DraftArray[]? arrays = null,
        string? name = null) => Add(type, bottoms, [shape], set, arrays, name)[0];

    /// <summary>Adds a layer with several tops.</summary>
    public ImportedValue[] Add(
        string type,
        ReadOnlySpan<ImportedValue> bottoms,
        int[][] shapes,
        Action<LayerParameter>? set = null,
        DraftArray[]? arrays = null,
        string? name = null)
    {
        foreach (int[] shape in shapes)
        {
            RequirePossible(shape);
        }

        var layer = new LayerDraft(type, name ?? LayerName());
        foreach (ImportedValue bottom in bottoms)
        {
            layer.Bottoms.Add(BlobOf(bottom));
        }

        set?.Invoke(layer.Definition);
        layer.Arrays.AddRange(arrays ?? []);
        var tops = new ImportedValue[shapes.Length];
        for (int i = 0; i < tops.Length; i++)
        {
            var blob = new BlobDraft();
            layer.Tops.Add(blob);
            tops[i] = new ImportedValue(shapes[i]) { Blob = blob, Layer = layer };
        }

        importer.Add(layer, Node.OpType);
        return tops;
    }

    /// <summary>Returns a value that gets its layer only where it is needed.</summary>
    public static ImportedValue Later(int[] shape, Derivation derivation, Func<ImportedValue> make) =>
        new(shape) { Derivation = derivation, Make = make };

    /// <summary>Returns the blob of a value; a value without one gets its layers now.</summary>
    public BlobDraft BlobOf(ImportedValue value)
    {
        if (value.Blob is not null)
        {
            return value.Blob;
        }

        ImportedValue made = value.Constant is { } constant ? Parameter(constant, value.Name) : value.Make!();
        value.Blob = BlobOf(made);
        value.Layer = made.Layer;
        value.Blob.Name ??= value.Name;
        return value.Blob;
    }

    /// <summary>Returns a value in another shape of as many elements.</summary>
    public ImportedValue Reshape(ImportedValue value, int[] shape)
    {
        if (shape.AsSpan().SequenceEqual(value.Shape))
        {
            return value;
        }

        if (value.Constant is { } constant)
        {
            return new ImportedValue(shape) { Constant = constant.Reshaped(shape) };
        }

        RequirePossible(shape);
        ImportedValue source = value is { Blob: null, Derivation: Derivation.Reshaped inner } ? inner.Source : value;
        return shape.AsSpan().SequenceEqual(source.Shape)
            ? source
            : Later(shape, new Derivation.Reshaped(source), () => AddReshape(source, shape));
    }

    /// <summary>Cuts a part out of a value along an axis.</summary>
    public ImportedValue Cut(ImportedValue value, int axis, int start, int end)
    {
        int size = value.Shape[axis];
        if (start == 0 && end == size)
        {
            return value;
        }

        int[] points = [.. new[] { start, end }.Where(p => p > 0 && p < size)];
        return Slice(value, axis, points)[start > 0 ? 1 : 0];
    }

    /// <summary>Cuts a value into parts along an axis.</summary>
    /// <param name="value">The value.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="points">Where the parts but the first start.</param>
    public ImportedValue[] Slice(ImportedValue value, int axis, int[] points)
    {
        int[] ends = [.. points, value.Shape[axis]];
        int[][] shapes = new int[ends.Length][];
        for (int i = 0; i < ends.Length; i++)
        {
            shapes[i] = [.. value.Shape];
            shapes[i][axis] = ends[i] - (i == 0 ? 0 : ends[i - 1]);
            if (shapes[i][axis] <= 0)
            {
                throw Refusal($"a part of axis {axis} would be empty");
            }
        }

        return Add("Slice", [value], shapes, layer =>
        {
            layer.SliceParam = new SliceParameter { SlicePoint = { points.Select(p => (uint)p) } };
            if (axis != 1)
            {
                layer.SliceParam.Axis = axis;
            }
        });
    }

    /// <summary>Binds an output to a value.</summary>
    public void Out(ImportedValue value, int output = 0)
    {
        if (output < Node.Output.Count && Node.Output[output].Length > 0)
        {
            RequirePossible(value.Shape);
            importer.Bind(Node.Output[output], value);
        }
    }

    /// <summary>Returns a parameter with the values of an array of the file.</summary>
    public static DraftArray Weight(ConstantArray array, params int[] shape) =>
        new(shape.Length == 0 ? array.Shape : shape, array.Floats, array);

    /// <summary>
    /// Returns the name for a layer: that of its weights without their role, else the operation's, else its output's.
    /// </summary>
    public string LayerName() => layerName ??= OfWeights() ?? Clean(Node.Name) ?? Clean(Node.Output[0]) ?? Node.OpType;

    /// <summary>
    /// Returns the name of the layer that an array of the file belongs to: <c>conv1</c> for <c>conv1.weight</c>; null
    /// where its name tells none.
    /// </summary>
    public static string? OwnerOf(ConstantArray? array)
    {
        string name = array?.Name ?? "";
        int dot = name.LastIndexOf('.');
        return dot > 0 && Roles.Contains(name[(dot + 1)..]) ? name[..dot] : null;
    }

    /// <summary>Refuses to make an array that is larger than the file explains.</summary>
    public void RequireExplained(long count)
    {
        if (count > importer.MostValues)
        {
            throw Refusal($"it needs an array of {count} numbers, more than the file explains");
        }
    }

    /// <summary>Makes the error that no layer computes the operation.</summary>
    /// <param name="reason">Why, as a clause.</param>
    public CnnException Refusal(string reason) => new(new Diagnostic(reason, Layer: Node.Name));

    /// <summary>Returns a number of the file as a size or index.</summary>
    public int Small(long value, string what) => value is >= int.MinValue and <= int.MaxValue
        ? (int)value
        : throw Refusal($"its {what} is {value}, which is impossible");

    private string? OfWeights()
    {
        for (int i = 1; i < InputCount; i++)
        {
            if (Has(i) && OwnerOf(importer.ValueOf(Node.Input[i]).Constant) is { } owner)
            {
                return owner;
            }
        }

        return null;
    }

    private static string? Clean(string name) => name.TrimStart('/') is { Length: > 0 } clean ? clean : null;

    private ImportedValue Parameter(ConstantArray constant, string? name)
    {
        if (constant.Count == 0)
        {
            throw Refusal("it needs an array without values");
        }

        return Add(
            "Parameter",
            [],
            constant.Shape,
            layer => layer.ParameterParam = new ParameterParameter
            {
                Shape = new BlobShape { Dim = { constant.Shape.Select(d => (long)d) } },
            },
            [new DraftArray(constant.Shape, constant.Floats)],
            OwnerOf(constant) ?? constant.Name ?? name);
    }

    private ImportedValue AddReshape(ImportedValue source, int[] shape)
    {
        bool keepsFirst = shape.Length > 0 && source.Axes > 0 && shape[0] == source.Shape[0];
        if (keepsFirst && shape.Length == 2 && source.Axes > 2)
        {
            return Add("Flatten", [source], shape);
        }

        var dims = new BlobShape();
        for (int axis = 0; axis < shape.Length; axis++)
        {
            // The first axis is often the batch, whose size may change.
            dims.Dim.Add(axis > 0 ? shape[axis] : keepsFirst ? 0 : -1);
        }

        return Add(
            "Reshape", [source], shape, layer => layer.ReshapeParam = new ReshapeParameter { Shape = dims });
    }

    private void RequirePossible(int[] shape)
    {
        if (!Sizes.IsPossible(shape))
        {
            throw Refusal($"its result of shape {Sizes.Text(shape)} is too large or has more than {Blob.MaxAxes} axes");
        }

        if (shape.Contains(0))
        {
            throw Refusal($"its result of shape {Sizes.Text(shape)} is empty");
        }
    }
}
