using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Graph;

[Trait("Category", "Unit")]
public class LayerCostTests
{
    [Theory]
    [InlineData(
        "type: \"Convolution\" convolution_param { num_output: 4 kernel_size: 3 }", 2 * 4 * 6 * 5 * 2 * 9,
        (4 * 2 * 9) + 4, 4 * 6 * 5 * ((2 * 9) + 1))]
    [InlineData(
        "type: \"Convolution\" convolution_param { num_output: 4 kernel_size: 3 group: 2 bias_term: false }",
        2 * 4 * 6 * 5 * 9, 4 * 9, 4 * 6 * 5 * 9)]
    [InlineData("type: \"InnerProduct\" inner_product_param { num_output: 3 }", 2 * 3 * 112, (3 * 112) + 3, 3 * 113)]
    [InlineData(
        "type: \"InnerProduct\" inner_product_param { num_output: 3 transpose: true axis: 2 }", 2 * 2 * 3 * 56,
        (3 * 56) + 3, 2 * 3 * 57)]
    [InlineData("type: \"ReLU\"", 0, 0, 0)]
    [InlineData(
        "type: \"Deconvolution\" convolution_param { num_output: 3 kernel_size: 2 stride: 2 }", 2 * 2 * 56 * 3 * 4,
        (2 * 3 * 4) + 3, (2 * 56 * 3 * 4) + (3 * 16 * 14))]
    [InlineData("type: \"Subsampling\" subsampling_param { kernel_size: 2 }", 0, 4, 2 * 4 * 3 * 5)]
    [InlineData("type: \"EuclideanRBF\" euclidean_rbf_param { num_output: 5 }", 0, 5 * 112, 5 * 112)]
    [InlineData(
        "type: \"Convolution\" convolution_param { num_output: 2 kernel_size: 3 connections { input: 1 } "
            + "connections { input: 0 input: 1 } }",
        2 * 6 * 5 * 3 * 9, (3 * 9) + 2, (6 * 5 * 3 * 9) + (2 * 6 * 5))]
    public void MultiplyAddsParametersAndConnectionsAreCountedFromTheShapes(
        string layer, long multiplyAdds, long parameters, long connections)
    {
        var sources = new SourceMap();
        NetParameter definition = TextFormat.Parse<NetParameter>(
            $$"""
            layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 2 dim: 8 dim: 7 } } }
            layer { name: "l" bottom: "x" top: "y" {{layer}} }
            """,
            "net.prototxt",
            sources);
        using var pool = new WorkerPool(1);
        using Net net = Net.Build(new NetDefinition(definition, sources), new NetOptions { Pool = pool });

        Assert.Equal(new LayerCost(multiplyAdds, connections), net.Layers[1].Cost);
        Assert.Equal(parameters, net.Layers[1].ParameterCount);
    }
}
