using Cnn.Engine.Export.Onnx;
using Cnn.Proto.Formats.Onnx;
using ElementType = Cnn.Proto.Formats.Onnx.TensorProto.Types.DataType;

namespace Cnn.Tests.Engine.Export;

/// <summary>
/// The rules of ONNX that a file has to keep whatever runs it: names, order, types, and nothing that is not used.
/// </summary>
internal sealed class OnnxRules
{
    private static readonly string[] Coordinates =
        ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric"];

    private readonly ModelProto model;
    private readonly Dictionary<string, ElementType> types = new(StringComparer.Ordinal);
    private readonly HashSet<string> used = new(StringComparer.Ordinal);
    private readonly HashSet<string> initializers = new(StringComparer.Ordinal);

    private OnnxRules(OnnxModel file)
    {
        model = file.Message;
        foreach (OnnxTensor tensor in file.Initializers)
        {
            Define(tensor.Name, tensor.Type);
            initializers.Add(tensor.Name);
        }
    }

    private GraphProto Graph => model.Graph;

    /// <summary>Fails where a file breaks a rule.</summary>
    /// <returns>The model without its arrays.</returns>
    public static ModelProto Require(string path)
    {
        using OnnxModel file = OnnxReader.Read(path);
        new OnnxRules(file).Run();
        return file.Message;
    }

    private void Run()
    {
        RequireHeader();
        foreach (ValueInfoProto input in Graph.Input)
        {
            Define(input.Name, TypeOf(input));
        }

        var nodes = new HashSet<string>(StringComparer.Ordinal);
        foreach (NodeProto node in Graph.Node)
        {
            Assert.NotEmpty(node.Name);
            Assert.True(nodes.Add(node.Name), $"two nodes are called '{node.Name}'");
            Visit(node);
        }

        RequireOutputs();
        RequireValueInfo();
        Assert.Empty(types.Keys.Except(used));
    }

    private void RequireHeader()
    {
        Assert.InRange(model.IrVersion, 3, 10);
        Assert.Equal("cnn", model.ProducerName);
        Assert.NotEmpty(model.ProducerVersion);
        Assert.NotEmpty(Graph.Name);
        string[] domains = [.. model.OpsetImport.Select(o => o.Domain)];
        Assert.Equal(domains.Distinct(), domains);
        Assert.InRange(
            model.OpsetImport.Single(o => o.Domain.Length == 0).Version,
            OnnxOptions.LeastOpset,
            OnnxOptions.GreatestOpset);
        Assert.Empty(domains.Where(d => d.Length > 0).Except(Graph.Node.Select(n => n.Domain)));
        Assert.Empty(Graph.Node.Select(n => n.Domain).Except([.. domains, ""]));
        Assert.Equal(
            model.MetadataProps.Select(p => p.Key).Distinct(), model.MetadataProps.Select(p => p.Key));
    }

    private void Visit(NodeProto node)
    {
        var inputs = new List<ElementType>();
        foreach (string input in node.Input)
        {
            Assert.True(
                input.Length == 0 || types.ContainsKey(input), $"'{node.Name}' reads '{input}', which nothing wrote");
            used.Add(input);
            inputs.Add(types.GetValueOrDefault(input, ElementType.Undefined));
        }

        Assert.NotEmpty(node.Output);
        Assert.Equal(node.Attribute.Select(a => a.Name).Distinct(), node.Attribute.Select(a => a.Name));
        Assert.All(node.Attribute, a => Assert.True(a.HasType && a.Name.Length > 0));
        if (node.Domain.Length > 0)
        {
            foreach (string output in node.Output)
            {
                Define(output, ElementType.Float);
            }

            return;
        }

        OnnxOperators.Signature signature = OnnxOperators.Of(node.OpType);
        long opset = model.OpsetImport.Single(o => o.Domain.Length == 0).Version;
        Assert.True(signature.Since <= opset, $"opset {opset} has no {node.OpType}");
        string? coordinates =
            node.Attribute.SingleOrDefault(a => a.Name == "coordinate_transformation_mode")?.S.ToStringUtf8();
        Assert.True(
            coordinates is null || Coordinates.Contains(coordinates), $"opset 13 and later have no {coordinates}");
        var target = (ElementType)(node.Attribute.SingleOrDefault(a => a.Name == "to")?.I ?? 0);
        for (int i = 0; i < node.Output.Count; i++)
        {
            Define(node.Output[i], signature.OutputOf(inputs, i, target));
        }

        // Of several outputs some may be nobody's.
        if (node.Output.Any(o => Reads(o)))
        {
            used.UnionWith(node.Output);
        }
    }

    private bool Reads(string value) =>
        Graph.Node.Any(n => n.Input.Contains(value)) || Graph.Output.Any(o => o.Name == value);

    private void RequireOutputs()
    {
        Assert.NotEmpty(Graph.Output);
        Assert.Equal(Graph.Output.Select(o => o.Name).Distinct(), Graph.Output.Select(o => o.Name));
        string[] written = [.. Graph.Node.SelectMany(n => n.Output)];
        foreach (ValueInfoProto output in Graph.Output)
        {
            Assert.Contains(output.Name, written);
            Assert.Equal(types[output.Name], TypeOf(output));
            used.Add(output.Name);
        }
    }

    private void RequireValueInfo()
    {
        string[] names = [.. Graph.ValueInfo.Select(v => v.Name)];
        Assert.Equal(names.Distinct(), names);
        Assert.Empty(names.Except(Graph.Node.SelectMany(n => n.Output)));
        Assert.Empty(names.Intersect(Graph.Output.Concat(Graph.Input).Select(v => v.Name)));
        foreach (ValueInfoProto value in Graph.ValueInfo)
        {
            Assert.Equal(types[value.Name], TypeOf(value));
        }
    }

    private void Define(string value, ElementType type)
    {
        Assert.NotEmpty(value);
        Assert.True(types.TryAdd(value, type), $"'{value}' is written twice");
        Assert.NotEqual(ElementType.Undefined, type);
    }

    private static ElementType TypeOf(ValueInfoProto value)
    {
        Assert.NotNull(value.Type?.TensorType?.Shape);
        foreach (TensorShapeProto.Types.Dimension dim in value.Type.TensorType.Shape.Dim)
        {
            Assert.True(
                dim.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam
                    ? dim.DimParam.Length > 0
                    : dim is { ValueCase: TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue, DimValue: >= 0 },
                $"an axis of '{value.Name}' has no size");
        }

        return (ElementType)value.Type.TensorType.ElemType;
    }
}
