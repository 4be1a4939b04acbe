using System.Globalization;
using Cnn.Proto.Formats.Onnx;
using Google.Protobuf;
using ElementType = Cnn.Proto.Formats.Onnx.TensorProto.Types.DataType;

namespace Cnn.Engine.Export.Onnx;

/// <summary>
/// A graph that is being written: nodes in the order they run, each value with one writer and a name of its own.
/// </summary>
/// <param name="opset">The version of the set of operators.</param>
internal sealed class OnnxGraph(int opset)
{
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly HashSet<string> nodeNames = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> constants = new(StringComparer.Ordinal);

    /// <summary>The messages.</summary>
    public GraphProto Message { get; } = new();

    /// <summary>Arrays whose values are written from where they are.</summary>
    public List<OnnxWeight> Weights { get; } = [];

    /// <summary>The version of the set of operators.</summary>
    public int Opset { get; } = opset;

    /// <summary>Whether a node is of <see cref="CustomDomain"/>.</summary>
    public bool HasCustom { get; private set; }

    /// <summary>The domain of the operators that ONNX does not have.</summary>
    public const string CustomDomain = "cnn";

    /// <summary>Takes a name: the wanted one, or one like it that is free.</summary>
    public string Unique(string wanted) => Free(names, wanted);

    /// <summary>Adds a node.</summary>
    /// <param name="type">The operator.</param>
    /// <param name="inputs">The names of its inputs.</param>
    /// <param name="outputs">The names of its outputs, from <see cref="Unique"/>.</param>
    /// <param name="attributes">
    /// Its attributes: a <see cref="float"/>, <see cref="int"/>, <see cref="long"/>, <see cref="string"/>, or an array
    /// of numbers.
    /// </param>
    /// <param name="domain">The operator's domain; empty for ONNX's own.</param>
    public void Add(
        string type,
        IEnumerable<string> inputs,
        IEnumerable<string> outputs,
        IEnumerable<(string Name, object Value)> attributes,
        string domain = "")
    {
        var node = new NodeProto { OpType = type, Input = { inputs }, Output = { outputs } };
        node.Name = Free(nodeNames, node.Output[0]);
        node.Attribute.Add(attributes.Select(a => Attribute(a.Name, a.Value)));
        if (domain.Length > 0)
        {
            node.Domain = domain;
            HasCustom = true;
        }

        Message.Node.Add(node);
    }

    /// <summary>Returns the name of an array of whole numbers.</summary>
    public string Constant(params ReadOnlySpan<long> values) => Constant(values, [values.Length]);

    /// <summary>Returns the name of an array of whole numbers of a shape; equal arrays have one name.</summary>
    public string Constant(ReadOnlySpan<long> values, ReadOnlySpan<long> dims)
    {
        string key = $"i{string.Join(',', dims.ToArray())}:{string.Join(',', values.ToArray())}";
        if (!constants.TryGetValue(key, out string? name))
        {
            name = constants[key] = Unique("const");
            Message.Initializer.Add(new TensorProto
            {
                Name = name,
                DataType = (int)ElementType.Int64,
                Dims = { dims.ToArray() },
                Int64Data = { values.ToArray() },
            });
        }

        return name;
    }

    /// <summary>Returns the name of a single number.</summary>
    public string Constant(float value) => Constant([value], []);

    /// <summary>Returns the name of a small array; equal arrays have one name.</summary>
    public string Constant(ReadOnlySpan<float> values, ReadOnlySpan<long> dims)
    {
        string bits = string.Join(',', values.ToArray().Select(BitConverter.SingleToUInt32Bits));
        string key = $"f{string.Join(',', dims.ToArray())}:{bits}";
        if (!constants.TryGetValue(key, out string? name))
        {
            name = constants[key] = Unique("const");
            Message.Initializer.Add(new TensorProto
            {
                Name = name,
                DataType = (int)ElementType.Float,
                Dims = { dims.ToArray() },
                FloatData = { values.ToArray() },
            });
        }

        return name;
    }

    /// <summary>Adds an array with values that stay where they are.</summary>
    /// <param name="wanted">Its name, or one like it.</param>
    /// <param name="dims">Its shape.</param>
    /// <param name="values">Its values.</param>
    public string Weight(string wanted, IReadOnlyList<long> dims, FloatValues values)
    {
        string name = Unique(wanted);
        Weights.Add(new OnnxWeight(name, dims, values));
        return name;
    }

    /// <summary>Gives a value another name, wherever the graph has it.</summary>
    /// <param name="from">Its name.</param>
    /// <param name="to">The new name, from <see cref="Unique"/>.</param>
    /// <param name="node">The name for the node that writes it, or one like it that is free.</param>
    public void Rename(string from, string to, string node)
    {
        for (int i = Message.Node.Count - 1; i >= 0; i--)
        {
            NodeProto each = Message.Node[i];
            Replace(each.Input, from, to);
            if (Replace(each.Output, from, to))
            {
                if (each.Name == from)
                {
                    nodeNames.Remove(from);
                    each.Name = Free(nodeNames, node);
                }

                return;
            }
        }
    }

    /// <summary>Returns a value's name with its shape.</summary>
    /// <param name="name">The name.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="sizeOf">Returns the name of an axis' size; null where it is fixed.</param>
    public static ValueInfoProto Value(string name, ReadOnlySpan<int> shape, Func<int, string?> sizeOf)
    {
        var dims = new TensorShapeProto();
        for (int i = 0; i < shape.Length; i++)
        {
            dims.Dim.Add(sizeOf(i) is { } size
                ? new TensorShapeProto.Types.Dimension { DimParam = size }
                : new TensorShapeProto.Types.Dimension { DimValue = shape[i] });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = (int)ElementType.Float, Shape = dims },
            },
        };
    }

    /// <summary>Takes out nodes and arrays that no output of the graph needs.</summary>
    /// <param name="outputs">The outputs.</param>
    public void Prune(IEnumerable<string> outputs)
    {
        var needed = new HashSet<string>(outputs, StringComparer.Ordinal);
        for (int i = Message.Node.Count - 1; i >= 0; i--)
        {
            if (Message.Node[i].Output.Any(needed.Contains))
            {
                needed.UnionWith(Message.Node[i].Input);
            }
            else
            {
                Message.Node.RemoveAt(i);
            }
        }

        for (int i = Message.Initializer.Count - 1; i >= 0; i--)
        {
            if (!needed.Contains(Message.Initializer[i].Name))
            {
                Message.Initializer.RemoveAt(i);
            }
        }

        Weights.RemoveAll(w => !needed.Contains(w.Name));
        Needed = needed;
    }

    /// <summary>The values that the outputs need, once <see cref="Prune"/> has run.</summary>
    public IReadOnlySet<string> Needed { get; private set; } = new HashSet<string>();

    private static string Free(HashSet<string> taken, string wanted)
    {
        string name = wanted;
        for (int i = 2; !taken.Add(name); i++)
        {
            name = string.Create(CultureInfo.InvariantCulture, $"{wanted}_{i}");
        }

        return name;
    }

    private static bool Replace(IList<string> names, string from, string to)
    {
        bool isThere = false;
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == from)
            {
                names[i] = to;
                isThere = true;
            }
        }

        return isThere;
    }

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case float number:
                (attribute.F, attribute.Type) = (number, AttributeProto.Types.AttributeType.Float);
                break;
            case int or long:
                attribute.I = Convert.ToInt64(value, CultureInfo.InvariantCulture);
                attribute.Type = AttributeProto.Types.AttributeType.Int;
                break;
            case string text:
                attribute.S = ByteString.CopyFromUtf8(text);
                attribute.Type = AttributeProto.Types.AttributeType.String;
                break;
            case IEnumerable<long> numbers:
                attribute.Ints.Add(numbers);
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                break;
            case IEnumerable<int> numbers:
                attribute.Ints.Add(numbers.Select(n => (long)n));
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                break;
            case IEnumerable<float> numbers:
                attribute.Floats.Add(numbers);
                attribute.Type = AttributeProto.Types.AttributeType.Floats;
                break;
            default:
                throw new ArgumentException($"an attribute cannot be a {value.GetType().Name}", nameof(value));
        }

        return attribute;
    }
}
