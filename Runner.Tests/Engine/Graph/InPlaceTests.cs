using Cnn.Engine.Graph;
using Cnn.Fillers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Graph;

[Trait("Category", "Unit")]
public class InPlaceTests
{
    [Theory]
    [InlineData("Sigmoid", "ReLU")]
    [InlineData("TanH", "Dropout")]
    [InlineData("ELU", "Scale")]
    [InlineData("Softmax", "Power")]
    public void WorkingInPlaceOnWhatAGradientNeedsIsAnError(string writer, string changer)
    {
        var error = Assert.Throws<CnnException>(() => Build(writer, changer, forceBackward: true));
        Assert.Contains(
            $"works in place on values that the gradient of layer 'writer' ({writer}) needs", error.Message,
            StringComparison.Ordinal);
        Assert.Equal("changer", error.Diagnostics[0].Layer);
        Assert.NotNull(error.Diagnostics[0].Location);
    }

    [Theory]
    [InlineData("Sigmoid", "ReLU", false)]
    [InlineData("ReLU", "Dropout", true)]
    [InlineData("BatchNorm", "Scale", true)]
    [InlineData("InnerProduct", "Sigmoid", true)]
    public void WhereNoGradientIsLostItIsNot(string writer, string changer, bool forceBackward) =>
        Build(writer, changer, forceBackward);

    // The gradient of a rectifier in place reads where its values are, which the next layer in place may move.
    [Theory]
    [InlineData("type: 'ReLU'", "type: 'Scale' scale_param { filler { value: -1 } }")]
    [InlineData("type: 'ReLU'", "type: 'Exp'")]
    [InlineData("type: 'ReLU'", "type: 'BatchNorm'")]
    [InlineData("type: 'ReLU'", "type: 'Dropout'")]
    [InlineData("type: 'ReLU' relu_param { negative_slope: 0.1 }", "type: 'HardSigmoid'")]
    [InlineData("type: 'ReLU' relu_param { maximum: 0.5 }", "type: 'Power' power_param { shift: 1 }")]
    [InlineData("type: 'ReLU6'", "type: 'Exp'")]
    [InlineData("type: 'ReLU6'", "type: 'Dropout'")]
    public void ARectifierAndAnotherLayerInPlaceHaveTheGradientsOfLayersApart(string rectifier, string changer)
    {
        using Net inPlace = Make("y", "y"), apart = Make("r", "c"), alone = Make("y", "y");
        alone.RunsLayersAlone = true;
        float[] expected = Gradient(apart, "c");

        Assert.Equal(expected, Gradient(alone, "y"));
        Assert.Equal(expected, Gradient(inPlace, "y"));
        Assert.Contains(expected, g => g != 0);

        Net Make(string rectified, string changed) => Net.Build(
            NetDefinition.Parse($$"""
                force_backward: true
                layer { name: 'in' type: 'Input' top: 'x' input_param { shape { dim: 4 dim: 3 dim: 6 dim: 5 } } }
                layer { name: 'conv' type: 'Convolution' bottom: 'x' top: 'y'
                  convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: 'gaussian' std: 2 } } }
                layer { name: 'rectifier' bottom: 'y' top: '{{rectified}}' {{rectifier}} }
                layer { name: 'changer' bottom: '{{rectified}}' top: '{{changed}}' {{changer}} }
                """),
            new NetOptions { Phase = Phase.Train, Seed = 5 });

        static float[] Gradient(Net net, string output)
        {
            var random = new PhiloxRandom(3);
            net.SetInput("x", [.. Enumerable.Range(0, 4 * 90).Select(_ => (float)(random.NextDouble() - 0.5))]);
            net.ClearParameterDiffs();
            net.Forward();
            float[] top = [.. Enumerable.Range(0, 4 * 4 * 12).Select(_ => (float)(random.NextDouble() - 0.5))];
            net.SetOutputDiff(output, top);
            net.Backward();
            return net.FindLayer("conv").Parameters[0].Diff.ToArray();
        }
    }

    [Fact]
    public void ARectifierWithASlopeBelowZeroWorksInPlaceWhereNothingRunsBackward()
    {
        const string Definition = """
            layer { name: "data" type: "Input" top: "x" input_param { shape { dim: 1 dim: 2 } } }
            layer { name: "copy" type: "Power" bottom: "x" top: "y" }
            layer { name: "relu" type: "ReLU" bottom: "y" top: "y" relu_param { negative_slope: -1 } }
            """;
        using Net net = Net.Build(NetDefinition.Parse(Definition));
        net.SetInput("x", [-2, 3]);
        net.Forward();
        Assert.Equal([2, 3], net.FindBlob("y").Data.ToArray());
        net.SetInput("x", [0, -0f]);
        net.Forward();
        Assert.All(net.FindBlob("y").Data.ToArray(), y => Assert.False(float.IsNegative(y), "a zero is negative"));

        var error = Assert.Throws<CnnException>(
            () => Net.Build(NetDefinition.Parse(Definition), new NetOptions { ForceBackward = true }));
        Assert.Contains("negative_slope is -1", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, error.Diagnostics[0].Location!.Line);
    }

    [Fact]
    public void TheProbabilitiesOfALossStayAsTheyAre()
    {
        const string Definition = """
            layer { name: "in" type: "Input" top: "x" top: "label"
              input_param { shape { dim: 2 dim: 3 } shape { dim: 2 } } }
            layer { name: "fc" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 3 } }
            layer { name: "loss" type: "SoftmaxWithLoss" bottom: "y" bottom: "label" top: "loss" top: "p" }
            layer { name: "log" type: "Log" bottom: "p" top: "p" }
            """;
        var error = Assert.Throws<CnnException>(
            () => Net.Build(NetDefinition.Parse(Definition), new NetOptions { Phase = Phase.Train }));
        Assert.Contains(
            "the gradient of layer 'loss' (SoftmaxWithLoss) needs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WorkingInPlaceOnTheMeansOfAStochasticPoolingIsAnErrorInTesting()
    {
        var definition = NetDefinition.Parse("""
            force_backward: true
            layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 1 dim: 1 dim: 4 dim: 4 } } }
            layer { name: "pool" type: "Pooling" bottom: "x" top: "y"
              pooling_param { pool: STOCHASTIC kernel_size: 2 stride: 2 } }
            layer { name: "relu" type: "ReLU" bottom: "y" top: "y" }
            """);
        var error = Assert.Throws<CnnException>(() => Net.Build(definition));
        Assert.Contains("the gradient of layer 'pool' (Pooling) needs", error.Message, StringComparison.Ordinal);
        using Net training = Net.Build(definition, new NetOptions { Phase = Phase.Train });
    }

    [Theory]
    [InlineData("type: 'Split' bottom: 'x' top: 'y' top: 'z'", "values that the output 'z' has too")]
    [InlineData(
        "type: 'Split' bottom: 'x' top: 'y' top: 'z' } layer { name: 'other' type: 'AbsVal' bottom: 'z' top: 'w'",
        "values that layer 'other' (AbsVal) reads too")]
    [InlineData(
        "type: 'Flatten' bottom: 'x' top: 'y' } layer { name: 'other' type: 'AbsVal' bottom: 'x' top: 'w'",
        "values that layer 'other' (AbsVal) reads too")]
    [InlineData("type: 'Sigmoid' bottom: 'x' top: 's' } layer { name: 'v' type: 'Flatten' bottom: 's' top: 'y'",
        "values that the gradient of layer 'before' (Sigmoid) needs")]
    [InlineData(
        "type: 'Parameter' top: 'y' parameter_param { shape { dim: 2 } }",
        "the parameters of layer 'before' (Parameter)")]
    public void WorkingInPlaceOnValuesThatOthersHaveByAnotherNameIsAnError(string before, string problem)
    {
        string net = "force_backward: true layer { name: 'in' type: 'Input' top: 'x' "
            + $"input_param {{ shape {{ dim: 2 dim: 3 }} }} }} layer {{ name: 'before' {before} }}\n"
            + "layer { name: 'changer' type: 'ReLU' bottom: 'y' top: 'y' }";
        var error = Assert.Throws<CnnException>(() => Net.Build(NetDefinition.Parse(net)));
        Assert.Contains($"works in place on {problem}", error.Message, StringComparison.Ordinal);
        Assert.Equal("changer", error.Diagnostics[0].Layer);
        Assert.Equal(2, error.Diagnostics[0].Location!.Line);
    }

    [Fact]
    public void WorkingInPlaceOnAViewThatNobodyElseHasIsNone()
    {
        using Net net = Net.Build(NetDefinition.Parse("""
            force_backward: true
            layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
            layer { name: "fc" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 2 } }
            layer { name: "view" type: "Reshape" bottom: "y" top: "v" reshape_param { shape { dim: -1 } } }
            layer { name: "relu" type: "ReLU" bottom: "v" top: "v" }
            layer { name: "a" type: "AbsVal" bottom: "v" top: "a" }
            layer { name: "b" type: "AbsVal" bottom: "v" top: "b" }
            """));
        Assert.Equal(["a", "b"], net.Outputs);
    }

    private static void Build(string writer, string changer, bool forceBackward)
    {
        var sources = new SourceMap();
        NetParameter net = TextFormat.Parse<NetParameter>(
            $$"""
            force_backward: {{(forceBackward ? "true" : "false")}}
            layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 2 dim: 3 } } }
            layer { name: "writer" type: "{{writer}}" bottom: "data" top: "x" inner_product_param { num_output: 2 } }
            layer { name: "changer" type: "{{changer}}" bottom: "x" top: "x" }
            """,
            "net.prototxt",
            sources);
        using var pool = new WorkerPool(1);
        Net.Build(new NetDefinition(net, sources), new NetOptions { Pool = pool });
    }
}
