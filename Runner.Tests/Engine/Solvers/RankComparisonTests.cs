using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Tests.Engine.Distributed;

namespace Cnn.Tests.Engine.Solvers;

/// <summary>In what processes may differ that run one net, and how a difference is told.</summary>
[Trait("Category", "Unit")]
public class RankComparisonTests
{
    private const string Net = """
        name: "net"
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 2 } }
          data_param { source: "here" } }
        layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip" inner_product_param { num_output: 2
          weight_filler { type: "constant" value: 0.5 } } }
        """;

    [Fact]
    public void PathsMayDiffer() =>
        Assert.Null(Difference(Net, Net.Replace("here", "there", StringComparison.Ordinal)));

    [Fact]
    public void ValuesOfADefinitionAreComparedAsWeightsAlone()
    {
        string Stored(float bias) => Net.TrimEnd()[..^1] + $$"""
              blobs { shape { dim: 2 dim: 2 } data: 1 data: 2 data: 3 data: 4 }
              blobs { shape { dim: 2 } data: 5 data: {{bias}} } }
            """;

        Assert.Null(Difference(Stored(6), Stored(6)));
        Assert.StartsWith(
            "in the weights of layer 'ip' of the net: 'checksum ", Difference(Stored(6), Stored(7)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("num_output: 2", "num_output: 3", "in the net: 'num_output: 3' there, 'num_output: 2' on rank 0")]
    [InlineData("name: \"x\"", "name: \"y\"", "in the net: 'name: \"y\"' there, 'name: \"x\"' on rank 0")]
    [InlineData("value: 0.5", "value: 0.25", "in the net: 'value: 0.25' there, 'value: 0.5' on rank 0")]
    public void TheFirstLineThatDiffersIsTold(string here, string there, string expected) =>
        Assert.Equal(expected, Difference(Net, Net.Replace(here, there, StringComparison.Ordinal)));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnotherNumberOfLayersIsTold(bool isLonger)
    {
        string longer = Net + " layer { name: 'relu' type: 'ReLU' bottom: 'ip' top: 'relu' }";

        Assert.Equal(
            isLonger
                ? "in the net: 'layer {' there, '' on rank 0"
                : "in the net: '' there, 'layer {' on rank 0",
            isLonger ? Difference(Net, longer) : Difference(longer, Net));
    }

    [Fact]
    public void BlobsAndBatchesThatAreAskedForAreCompared()
    {
        Assert.Equal(
            "in the blobs: 'ip' there, 'x' on rank 0", Difference(Net, Net, blobs: rank => rank == 0 ? "x" : "ip"));
        Assert.Equal(
            "in the number of batches: '4' there, '3' on rank 0", Difference(Net, Net, batches: rank => 3 + rank));
    }

    // What the ranks say after "differs from rank 0 on HOST "; null where they agree.
    private static string? Difference(
        string first, string second, Func<int, string>? blobs = null, Func<int, int>? batches = null)
    {
        try
        {
            InProcessJob.Run(2, group =>
            {
                using var pool = new WorkerPool(1);
                using Net net = Cnn.Engine.Graph.Net.Build(
                    NetDefinition.Parse(group.Rank == 0 ? first : second), new NetOptions { Pool = pool });
                RankComparison.Require(
                    group, net, [blobs?.Invoke(group.Rank) ?? "ip"], batches?.Invoke(group.Rank) ?? 1);
                return 0;
            });
            return null;
        }
        catch (CnnException difference)
        {
            string message = difference.Message[..difference.Message.IndexOf("; every rank", StringComparison.Ordinal)];
            return message[message.IndexOf("in the ", StringComparison.Ordinal)..];
        }
    }
}
