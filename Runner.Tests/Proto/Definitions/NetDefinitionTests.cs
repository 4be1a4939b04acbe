using Cnn.Proto;

namespace Cnn.Tests.Proto.Definitions;

[Trait("Category", "Unit")]
public sealed class NetDefinitionTests
{
    public enum Mode
    {
        HalfWay,
    }

    [Fact]
    public void ALayerInCodeIsTheLayerThatTextDescribes()
    {
        NetDefinition code = new NetDefinition("n")
            .Input("data", 1, 3, 8, 8)
            .Add("Convolution", "conv", "data", new
            {
                NumOutput = 4,
                kernel_size = new[] { 3, 5 },
                bias_term = false,
                weight_filler = new { type = "gaussian", std = 0.01 },
                param = new[] { new { lr_mult = 1.5f, decay_mult = 0 }, },
                include = new { phase = Phase.Test, stage = new[] { "a", "b" } },
            })
            .Add(
                "Pooling", "pool", "conv",
                new Dictionary<string, object?> { ["pool"] = "AVE", ["kernel_size"] = 2, ["pad"] = null })
            .Add("ReLU", "relu", "pool", tops: "pool")
            .Add(
                "SoftmaxWithLoss", "loss", ["pool", "data"],
                new { loss_param = new { ignore_label = -1 }, loss_weight = 2 });
        NetDefinition text = NetDefinition.Parse("""
            name: "n"
            layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
            layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" param { lr_mult: 1.5 decay_mult: 0 }
              include { phase: TEST stage: "a" stage: "b" }
              convolution_param { num_output: 4 kernel_size: 3 kernel_size: 5 bias_term: false
                weight_filler { type: "gaussian" std: 0.01 } } }
            layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool" pooling_param { pool: AVE kernel_size: 2 } }
            layer { name: "relu" type: "ReLU" bottom: "pool" top: "pool" }
            layer { name: "loss" type: "SoftmaxWithLoss" bottom: "pool" bottom: "data" top: "loss" loss_weight: 2
              loss_param { ignore_label: -1 } }
            """);

        Assert.Equal(text.ToString(), code.ToString());
    }

    [Fact]
    public void OptionsOfAnUnknownTypeAreFreeForm()
    {
        NetDefinition net = new NetDefinition().Add(
            "Snake", "s", "x", new { alpha = 0.5, title = "a 1", mode = Mode.HalfWay, inner = new { on = true } });

        Assert.Contains(
            "plugin_param {\n    alpha: 0.5\n    title: \"a 1\"\n    mode: HALF_WAY\n    inner {\n      on: true",
            net.ToString());
    }

    [Theory]
    [InlineData("nmu_output", 3, "did you mean 'num_output'?")]
    [InlineData("num_output", "many", "num_output")]
    [InlineData("weight_filler", 3, "weight_filler")]
    [InlineData("kernel_h", new[] { 1, 2 }, "kernel_h")]
    public void AWrongOptionIsReportedAtTheLineOfTheCall(string option, object value, string expected)
    {
        var net = new NetDefinition();
        var options = new Dictionary<string, object> { [option] = value };

        var error = Assert.Throws<CnnException>(
            () => net.Add("Convolution", "conv", "data", options, file: "Model.cs", line: 12));

        Assert.StartsWith("Model.cs:12:1: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(net.Layers);
    }

    [Fact]
    public void AMistakeFoundWhenTheNetIsBuiltIsReportedThereToo()
    {
        NetDefinition net = new NetDefinition()
            .Input("data", 1, 1, 4, 4)
            .Add("Convolution", "conv", "dta", new { num_output = 2, kernel_size = 3 }, file: "Model.cs", line: 40);

        var error = Assert.Throws<CnnException>(() => Cnn.Engine.Graph.Net.Build(net));

        Assert.StartsWith("Model.cs:40:1: layer 'conv'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnInputIsReportedAtTheLineOfTheCallWhicheverWayItsShapeIsGiven()
    {
        Func<NetDefinition>[] ways =
        [
            () => new NetDefinition().Input("x", -1),
            () => new NetDefinition().Input("x", 1, 1, 1, -1),
            () => new NetDefinition().Input("x", 1, 1, 1, 1, 1, 1, 1, -1),
            () => new NetDefinition().Input("x", [2, -1]),
        ];
        Assert.All(ways, way => Assert.Matches(
            @"^\S*NetDefinitionTests\.cs:\d+:1: ",
            Assert.Throws<CnnException>(() => Cnn.Engine.Graph.Net.Build(way())).Message));
    }

    [Fact]
    public void NoMemberThatTakesOptionsReportsALineOfTheLibrary()
    {
        var members = typeof(NetDefinition).GetMembers().OfType<System.Reflection.MethodBase>()
            .Concat(typeof(SolverDefinition).GetConstructors())
            .Where(m => m.DeclaringType!.Assembly == typeof(NetDefinition).Assembly
                && m.GetParameters().Any(p => p.Name is "options" or "shape" or "dim"));

        Assert.All(members, m => Assert.Contains(
            m.GetParameters(),
            p => p.IsDefined(typeof(System.Runtime.CompilerServices.CallerFilePathAttribute), false)));
    }

    [Fact]
    public void AWrongSolverOptionIsReportedAtTheLineOfTheCall()
    {
        var error = Assert.Throws<CnnException>(
            () => new SolverDefinition(new NetDefinition(), new { base_lr = "fast" }, "Model.cs", 7));

        Assert.StartsWith("Model.cs:7:1: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASavedDefinitionLoadsAsItWas()
    {
        string folder = Directory.CreateTempSubdirectory("cnn-definition-").FullName;
        try
        {
            NetDefinition net = new NetDefinition("n").Input("x", 2, 2).Add("TanH", "y", "x");
            foreach (string name in (string[])["n.prototxt", "n.yaml"])
            {
                net.Save(Path.Combine(folder, name));
                Assert.Equal(net.ToString(), NetDefinition.Load(Path.Combine(folder, name)).ToString());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
