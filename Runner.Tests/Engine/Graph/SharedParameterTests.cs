using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Graph;

/// <summary>Parameters that layers share by name are one parameter, wherever its values come from.</summary>
[Trait("Category", "Unit")]
public sealed class SharedParameterTests : IDisposable
{
    private const string Owner = """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 2 } } }
        layer { name: "owner" type: "InnerProduct" bottom: "x" top: "a" param { name: "w" } param { name: "b" }
          inner_product_param { num_output: 2 weight_filler { type: "constant" value: 0.3 } } }
        layer { name: "sharer" type: "InnerProduct" bottom: "a" top: "y" param { name: "w" } param { name: "b" }
          inner_product_param { num_output: 2 weight_filler { type: "constant" value: 9 } } }
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("sharer")]
    [InlineData("owner")]
    public void WeightsOfAnyOfThemInAFileAreThoseOfAll(string stored)
    {
        string weights = Save(stored, 2);

        using Net net = Net.Build(NetDefinition.Parse(Owner), new NetOptions { Weights = [weights] });

        Assert.Equal([2, 2, 2, 2], net.FindLayer("owner").Parameters[0].Data.ToArray());
        Assert.Equal([2, 2, 2, 2], net.FindLayer("sharer").Parameters[0].Data.ToArray());
        Assert.Equal([2, 2], net.FindLayer("owner").Parameters[1].Data.ToArray());
    }

    [Fact]
    public void WeightsOfASharerAreEnoughForStrictness()
    {
        using Net net = Net.Build(
            NetDefinition.Parse(Owner), new NetOptions { Weights = [Save("sharer", 2)], WeightsAreStrict = true });

        Assert.True(net.FindLayer("owner").Parameters[0].SharesDataWith(net.FindLayer("sharer").Parameters[0]));
    }

    [Fact]
    public void WhatNoFileHasIsFilledOnceByTheOwner()
    {
        using Net net = Net.Build(NetDefinition.Parse(Owner));

        Assert.Equal(0.3f, net.FindLayer("sharer").Parameters[0].Data[0]);
    }

    [Fact]
    public void BlobsInTheDefinitionOfASharerAreThoseOfAll()
    {
        string definition = Owner.Replace(
            """weight_filler { type: "constant" value: 9 } }""",
            """} blobs { shape { dim: 2 dim: 2 } data: [1, 2, 3, 4] } blobs { shape { dim: 2 } data: [5, 6] }""",
            StringComparison.Ordinal);

        using Net net = Net.Build(NetDefinition.Parse(definition));

        Assert.Equal([1, 2, 3, 4], net.FindLayer("owner").Parameters[0].Data.ToArray());
        Assert.Equal([5, 6], net.FindLayer("owner").Parameters[1].Data.ToArray());
    }

    [Theory]
    [InlineData("owner", "twin")]
    [InlineData("twin", "owner")]
    public void ALayerOfTheTestNetAloneSharesWithTheTrainingNetToo(string first, string second)
    {
        // Where the twin comes first it is the test net's owner, which the training net does not have.
        string Layer(string name) => $$"""
            layer { name: "{{name}}" type: "InnerProduct" bottom: "x" top: "{{name}}" param { name: "w" }
              inner_product_param { num_output: 2 bias_term: false weight_filler { type: "gaussian" std: 1 } }
              {{(name == "twin" ? "include { phase: TEST }" : "")}} }
            """;
        folder.Write(
            "net.prototxt",
            $$"""
            layer { name: "data" type: "DummyData" top: "x" top: "t" dummy_data_param {
              shape { dim: 4 dim: 3 } shape { dim: 4 dim: 2 }
              data_filler { type: "constant" value: 1 } data_filler { type: "constant" value: 2 } } }
            {{Layer(first)}} {{Layer(second)}}
            layer { name: "minus" type: "Eltwise" bottom: "owner" bottom: "twin" top: "minus"
              eltwise_param { coeff: 1 coeff: -1 } include { phase: TEST } }
            layer { name: "sum" type: "Reduction" bottom: "minus" top: "difference"
              reduction_param { operation: ASUM } include { phase: TEST } }
            layer { name: "loss" type: "EuclideanLoss" bottom: "owner" bottom: "t" top: "loss" }
            """);
        string path = folder.Write("solver.prototxt", $"""
            net: "{folder["net.prototxt"]}" base_lr: 0.1 lr_policy: "fixed" test_iter: 1 test_interval: 2 max_iter: 4
            random_seed: 1 snapshot_after_train: false
            """);
        using Solver solver = Solver.Load(path);
        var differences = new List<double>();
        var losses = new List<double>();
        solver.Tested += scores =>
        {
            differences.Add(scores.Outputs.Single(o => o.Blob == "difference").Mean);
            losses.Add(scores.Outputs.Single(o => o.Blob == "loss").Mean);
        };

        solver.Solve();

        Assert.Equal([0, 0, 0], differences);
        Assert.True(losses[^1] < losses[0], "the test net does not follow the training net");
    }

    private string Save(string layer, float value)
    {
        using Net source = Net.Build(NetDefinition.Parse($$"""
            layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 2 } } }
            layer { name: "{{layer}}" type: "InnerProduct" bottom: "x" top: "a" inner_product_param { num_output: 2
              weight_filler { type: "constant" value: {{value}} } bias_filler { type: "constant" value: {{value}} } } }
            """));
        string path = folder["w.caffemodel"];
        source.SaveWeights(path);
        return path;
    }
}
