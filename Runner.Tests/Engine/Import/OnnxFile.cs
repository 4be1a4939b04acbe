using Cnn.Proto.Formats.Onnx;
using Google.Protobuf;
using AttributeType = Cnn.Proto.Formats.Onnx.AttributeProto.Types.AttributeType;
using ElementType = Cnn.Proto.Formats.Onnx.TensorProto.Types.DataType;

namespace Cnn.Tests.Engine.Import;

/// <summary>An ONNX file that a test makes, operation by operation, in the way of PyTorch's exporter.</summary>
internal sealed class OnnxFile
{
    private readonly Random random = new(5);
    private readonly GraphProto graph = new() { Name = "main_graph" };
    private readonly long opset;

    public OnnxFile(long opset = 17) => this.opset = opset;

    public ModelProto Model => new()
    {
        IrVersion = 8,
        ProducerName = "pytorch",
        Graph = graph,
        OpsetImport = { new OperatorSetIdProto { Domain = "", Version = opset } },
    };

    public GraphProto Graph => graph;

    /// <summary>Adds an input; a size of -1 is open.</summary>
    public OnnxFile Input(string name, params int[] shape)
    {
        graph.Input.Add(Info(name, shape));
        return this;
    }

    /// <summary>Adds an output, without a shape.</summary>
    public OnnxFile Output(string name)
    {
        graph.Output.Add(new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)ElementType.Float } },
        });
        return this;
    }

    /// <summary>Adds random weights between -1/2 and 1/2, plus something.</summary>
    public OnnxFile Weights(string name, int[] shape, float plus = 0) => Floats(
        name,
        shape,
        [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => (random.NextSingle() - 0.5f) + plus)]);

    public OnnxFile Floats(string name, int[] shape, params float[] values)
    {
        byte[] bytes = new byte[values.Length * sizeof(float)];
        Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
        graph.Initializer.Add(new TensorProto
        {
            Name = name,
            DataType = (int)ElementType.Float,
            Dims = { shape.Select(d => (long)d) },
            RawData = ByteString.CopyFrom(bytes),
        });
        return this;
    }

    public OnnxFile Whole(string name, params long[] values)
    {
        graph.Initializer.Add(new TensorProto
        {
            Name = name, DataType = (int)ElementType.Int64, Dims = { values.Length }, Int64Data = { values },
        });
        return this;
    }

    /// <summary>Adds a Constant node of a single whole number.</summary>
    public OnnxFile Constant(string output, long value)
    {
        var node = new NodeProto { OpType = "Constant", Name = output, Output = { output } };
        node.Attribute.Add(new AttributeProto
        {
            Name = "value",
            Type = AttributeType.Tensor,
            T = new TensorProto { DataType = (int)ElementType.Int64, Int64Data = { value } },
        });
        graph.Node.Add(node);
        return this;
    }

    /// <summary>Adds a node with one output, named like PyTorch's: <c>/conv1/Conv_output_0</c>.</summary>
    public OnnxFile Node(string type, string inputs, string output, params (string Name, object Value)[] attributes)
    {
        string name = output.EndsWith("_output_0", StringComparison.Ordinal) ? output[..^"_output_0".Length] : output;
        return Nodes(type, inputs, output, name, attributes);
    }

    /// <summary>Adds a node; blanks separate inputs and outputs, and <c>-</c> is one that is left out.</summary>
    public OnnxFile Nodes(
        string type, string inputs, string outputs, string name, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = type, Name = name };
        node.Input.Add(inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(i => i == "-" ? "" : i));
        node.Output.Add(outputs.Split(' '));
        foreach (var (key, value) in attributes)
        {
            node.Attribute.Add(Attribute(key, value));
        }

        graph.Node.Add(node);
        return this;
    }

    public string Save(string path)
    {
        File.WriteAllBytes(path, Model.ToByteArray());
        return path;
    }

    private static ValueInfoProto Info(string name, int[] shape) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                ElemType = (int)ElementType.Float,
                Shape = new TensorShapeProto
                {
                    Dim =
                    {
                        shape.Select((d, i) => d < 0
                            ? new TensorShapeProto.Types.Dimension { DimParam = $"axis{i}" }
                            : new TensorShapeProto.Types.Dimension { DimValue = d }),
                    },
                },
            },
        },
    };

    private static AttributeProto Attribute(string name, object value) => value switch
    {
        int number => new AttributeProto { Name = name, I = number, Type = AttributeType.Int },
        float number => new AttributeProto { Name = name, F = number, Type = AttributeType.Float },
        string text => new AttributeProto
        {
            Name = name, S = ByteString.CopyFromUtf8(text), Type = AttributeType.String,
        },
        int[] numbers => new AttributeProto
        {
            Name = name, Ints = { numbers.Select(n => (long)n) }, Type = AttributeType.Ints,
        },
        float[] numbers => new AttributeProto { Name = name, Floats = { numbers }, Type = AttributeType.Floats },
        _ => throw new ArgumentException($"an attribute cannot be {value}", nameof(value)),
    };
}
