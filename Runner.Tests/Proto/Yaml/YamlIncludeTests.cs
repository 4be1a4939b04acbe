using Cnn.Proto;

namespace Cnn.Tests.Proto.Yaml;

[Trait("Category", "Unit")]
public sealed class YamlIncludeTests : IDisposable
{
    private const string Block = """
        parameters: {name: , channels: 32, from: data, label: "of ${name}"}
        layer:
        - name: ${name}
          type: Convolution
          bottom: ${from}
          top: ${name}
          convolution_param: {num_output: "${channels}", kernel_size: 3}
        - name: ${name}_relu/$${x}
          type: ReLU
          bottom: ${name}
          top: "${label}"
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void LayersOfAFileStandWhereItIsIncluded()
    {
        folder.Write("block.yaml", Block);
        NetParameter net = Net("""
            name: n
            layer:
            - {name: data, type: Input}
            - include: block.yaml
              with: {name: conv1}
            - &second
              include: block.yaml
              with: {name: conv2, channels: 64, from: conv1}
            - <<: *second
              with: {name: "3", from: 2}
            - {name: end, type: Silence}
            """);

        Assert.Equal(
            ["data", "conv1", "conv1_relu/${x}", "conv2", "conv2_relu/${x}", "3", "3_relu/${x}", "end"],
            net.Layer.Select(l => l.Name));
        Assert.Equal([32u, 64u, 32u], net.Layer.Where(l => l.Type == "Convolution").Select(
            l => l.ConvolutionParam.NumOutput));
        Assert.Equal(["data", "conv1", "2"], net.Layer.Where(l => l.Type == "Convolution").Select(l => l.Bottom[0]));
        Assert.Equal("of conv1", net.Layer[2].Top[0]);
    }

    [Fact]
    public void ANumberOrANameTakesTheParametersPlace()
    {
        folder.Write("b.yaml", """
            layer:
              name: x${n}
              type: Pooling
              loss_weight: ["${n}", 1]
              pooling_param: {pool: "${pool}", stride: "${n}", global_pooling: "${all}"}
              plugin_param: {text: "${text}", number: "${n}"}
            """);
        LayerParameter layer = Net(
            "layer: {include: b.yaml, with: {n: 0x2, pool: AVE, all: TRUE, text: \"5\"}}").Layer[0];

        Assert.Equal("x0x2", layer.Name);
        Assert.Equal(PoolingParameter.Types.PoolMethod.Ave, layer.PoolingParam.Pool);
        Assert.Equal([2f, 1f], layer.LossWeight);
        Assert.Equal((2u, true), (layer.PoolingParam.Stride, layer.PoolingParam.GlobalPooling));
        Assert.Equal("5", layer.PluginParam.Option[0].Value[0].Text);
        Assert.Equal("2", layer.PluginParam.Option[1].Value[0].Scalar);
    }

    [Fact]
    public void AFileAtTheTopGivesDefaults()
    {
        Directory.CreateDirectory(folder["base"]);
        folder.Write("base/first.yaml", "base_lr: ${rate}\nmomentum: 0.5\nstepvalue: [1, 2]\n");
        folder.Write("base/second.yaml", "include: first.yaml\nwith: {rate: 0.25}\nmomentum: 0.9\nmax_iter: 100\n");
        SolverParameter solver = ProtoFile.Load<SolverParameter>(
            folder.Write("solver.yaml", "include: base/second.yaml\nmax_iter: 5\nstepvalue: 3\n")).Message;

        Assert.Equal((0.25f, 0.9f, 5), (solver.BaseLr, solver.Momentum, solver.MaxIter));
        Assert.Equal([3], solver.Stepvalue);
    }

    [Fact]
    public void NetsShareTheirLayers()
    {
        folder.Write("body.yaml", "name: body\nlayer: [{name: a}, {name: b}]");
        Assert.Equal(["data", "a", "b"], Net("layer: [{name: data}, {include: body.yaml}]").Layer.Select(l => l.Name));
        NetParameter whole = Net("include: body.yaml\nforce_backward: true");
        Assert.Equal(("body", true, 2), (whole.Name, whole.ForceBackward, whole.Layer.Count));
    }

    [Fact]
    public void ANetInASolverIncludesLayersToo()
    {
        folder.Write("body.yaml", "layer: {name: a}");
        SolverParameter solver = ProtoFile.Load<SolverParameter>(
            folder.Write("solver.yaml", "net_param: {layer: [{include: body.yaml}]}")).Message;

        Assert.Equal("a", solver.NetParam.Layer[0].Name);
    }

    [Fact]
    public void AFileWithDefaultsIsReadAlone()
    {
        Assert.Equal("a3", Net("parameters: {n: 3}\nlayer: {name: \"a${n}\"}").Layer[0].Name);
        Assert.Equal("a${n}", Net("layer: {name: \"a${n}\"}").Layer[0].Name);
        Assert.Contains(
            "net.yaml:1:14: parameter 'n' has no value; a file that includes this one gives it in 'with'; write a "
            + "default after it",
            Assert.Throws<CnnException>(() => Net("parameters: {n: }\nlayer: {name: \"a${n}\"}")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void RulesOfALayerAreNoFile()
    {
        LayerParameter layer = Net("layer: {include: [{phase: TRAIN}, {stage: x}]}").Layer[0];

        Assert.Equal(2, layer.Include.Count);
    }

    [Fact]
    public void ALaterMistakeNamesThePlaceOfTheInclude()
    {
        folder.Write("b.yaml", "layer:\n- name: a\n  type: Convolutoin\n");
        NetDefinition net = NetDefinition.Load(folder.Write("net.yaml", "layer:\n- include: b.yaml\n"));

        SourceLocation place = net.Sources.Find(net.Message.Layer[0], LayerParameter.TypeFieldNumber)!;
        Assert.Equal((folder["b.yaml"], 3, 9), (place.File, place.Line, place.Column));
        Assert.Equal((folder["net.yaml"], 2, 12), (
            place.IncludedFrom!.File, place.IncludedFrom.Line, place.IncludedFrom.Column));
        Assert.EndsWith(
            $"\n    included from {folder["net.yaml"]}:2:12", new Diagnostic("wrong", place).ToString());
    }

    private NetParameter Net(string yaml) => ProtoFile.Load<NetParameter>(folder.Write("net.yaml", yaml)).Message;
}
