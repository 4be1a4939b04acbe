using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Graph;

/// <summary>Which layers of a net run backward, and for which bottoms a gradient is computed.</summary>
[Trait("Category", "Unit")]
public class BackwardPlanTests
{
    private const string Inputs = """
        layer { name: "in" type: "Input" top: "x" top: "label"
          input_param { shape { dim: 2 dim: 3 } shape { dim: 2 } } }

        """;

    private const string Learner = """
        layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
          inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }

        """;

    private const string Loss = """
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }

        """;

    [Fact]
    public void WhatLiesBetweenAParameterAndALossRunsBackward() => Assert.Equal(
        ["in -", "ip + 0", "act + 1", "loss + 10"],
        Plan(Inputs + Learner + InPlace("act", "ip") + Loss));

    [Fact]
    public void WhatLiesBeforeEveryParameterDoesNot() => Assert.Equal(
        ["in -", "scaled - 0", "ip + 0", "loss + 10"],
        Plan(Inputs + Power("scaled", "x") + Learner.Replace("bottom: \"x\"", "bottom: \"scaled\"") + Loss));

    [Fact]
    public void ANetWithoutALossRunsNothingBackward() => Assert.Equal(
        ["in -", "ip - 0", "y - 0"],
        Plan("layer { name: 'in' type: 'Input' top: 'x' input_param { shape { dim: 2 dim: 3 } } }"
            + Learner + Power("y", "ip")));

    [Fact]
    public void ABranchThatLeadsToNoLossDoesNot() => Assert.Equal(
        ["in -", "ip + 0", "ip_ip_0_split + 1", "side - 0", "loss + 10"],
        Plan(Inputs + Learner + Power("side", "ip") + Loss));

    [Fact]
    public void AccuracyAndArgMaxDoNotForTheyLeadToNoLoss() => Assert.Equal(
        ["in -", "label_in_1_split - 0", "ip + 0", "ip_ip_0_split + 1", "accuracy - 00", "best - 0", "loss + 10"],
        Plan(Inputs + Learner
            + "layer { name: 'accuracy' type: 'Accuracy' bottom: 'ip' bottom: 'label' top: 'accuracy' }"
            + "layer { name: 'best' type: 'ArgMax' bottom: 'ip' top: 'best' }" + Loss));

    [Fact]
    public void ALossWeightMakesAnyTopALoss() => Assert.Equal(
        ["in -", "ip + 0", "y + 1"],
        Plan("layer { name: 'in' type: 'Input' top: 'x' input_param { shape { dim: 2 dim: 3 } } }"
            + Learner + "layer { name: 'y' type: 'Power' bottom: 'ip' top: 'y' loss_weight: 2 }"));

    // The net's flag for the layer stays set, as in Caffe: the layer's own parameters might need gradients.
    [Fact]
    public void PropagateDownFalseEndsTheWayDown() => Assert.Equal(
        ["in -", "ip - 0", "ip2 + 0", "loss + 10"],
        Plan(Inputs + Learner
            + "layer { name: 'ip2' type: 'InnerProduct' bottom: 'ip' top: 'ip2' propagate_down: false "
            + "inner_product_param { num_output: 4 weight_filler { type: 'xavier' } } }"
            + Loss.Replace("bottom: \"ip\"", "bottom: \"ip2\"")));

    [Fact]
    public void PropagateDownTrueAsksForTheGradientOfAnInput() => Assert.Equal(
        ["in -", "ip + 1", "loss + 10"],
        Plan(Inputs + Learner.Replace("top: \"ip\"", "top: \"ip\" propagate_down: true") + Loss));

    [Fact]
    public void AFrozenLayerRunsBackwardOnlyForWhatLiesBelow()
    {
        const string Frozen = "param { lr_mult: 0 } param { lr_mult: 0 }";
        string frozenLearner = Learner.Replace("top: \"ip\"", $"top: \"ip\" {Frozen}");
        string above = "layer { name: 'ip2' type: 'InnerProduct' bottom: 'ip' top: 'ip2' " + Frozen
            + " inner_product_param { num_output: 4 weight_filler { type: 'xavier' } } }";
        string loss = Loss.Replace("bottom: \"ip\"", "bottom: \"ip2\"");

        Assert.Equal(["in -", "ip - 0", "ip2 - 0", "loss - 00"], Plan(Inputs + frozenLearner + above + loss));
        Assert.Equal(["in -", "ip + 0", "ip2 + 1", "loss + 10"], Plan(Inputs + Learner + above + loss));
    }

    [Fact]
    public void ForceBackwardAsksForTheGradientsOfInputsButNotOfLabels() => Assert.Equal(
        ["ip 1", "loss 10"],
        Plan("force_backward: true " + Inputs + Learner + Loss).Skip(1).Select(l => l.Replace(" +", "")));

    [Fact]
    public void TheBackwardPassFillsTheGradientsOfThePlanAndNoOther()
    {
        using Net net = Build(Inputs + Learner
            + "layer { name: 'side' type: 'Power' bottom: 'ip' top: 'side' power_param { scale: 100 } }" + Loss);
        net.FindInput("x").Data.Fill(1);
        net.FindBlob("side").Diff.Fill(1000);
        net.Forward();

        net.ClearParameterDiffs();
        net.Backward();

        Assert.False(net.FindInput("x").HasDiff);

        // Softmax's gradients of each image sum to zero, whatever is on the side branch.
        Blob gradient = net.FindLayer("ip").Tops[0];
        Assert.Equal(0, gradient.Diff[..4].ToArray().Sum(), 1e-6);
        Assert.True(gradient.Diff.ToArray().Sum(MathF.Abs) > 0.1f);
        Assert.True(net.FindLayer("ip").Parameters[0].Diff.ToArray().Sum(MathF.Abs) > 0.1f);
    }

    // Lists the layers, with + if it runs backward and - if not, and 1 or 0 for each bottom with or without a gradient.
    private static string[] Plan(string definition)
    {
        using Net net = Build(definition);
        return [.. net.Layers.Select(Describe)];
    }

    private static string Describe(NetLayer layer)
    {
        string bottoms = string.Concat(layer.PropagateDown.Select(p => p ? '1' : '0'));
        return $"{layer.Name} {(layer.NeedsBackward ? '+' : '-')} {bottoms}".TrimEnd();
    }

    private static Net Build(string net) => Net.Build(NetDefinition.Parse(net));

    private static string Power(string name, string bottom) =>
        $"layer {{ name: '{name}' type: 'Power' bottom: '{bottom}' top: '{name}' }}\n";

    private static string InPlace(string name, string blob) =>
        $"layer {{ name: '{name}' type: 'ReLU' bottom: '{blob}' top: '{blob}' }}\n";
}
