using Cnn.Layers.Kernels.Threading;
using Cnn.Proto;
using Cnn.Runner.Graph;
using Cnn.Runner.Reports;

namespace Cnn.Tests.Runner.Reports;

[Trait("Category", "Unit")]
public class LayerCostTests
{
    [Theory]
    [InlineData("type: \"Convolution\" convolution_param { num_output: 4 kernel_size: 3 }", 2 * 4 * 6 * 5 * 2 * 9, (4 * 2 * 9) + 4)]
    [InlineData("type: \"Convolution\" convolution_param { num_output: 4 kernel_size: 3 group: 2 bias_term: false }", 2 * 4 * 6 * 5 * 9, 4 * 9)]
    [InlineData("type: \"InnerProduct\" inner_product_param { num_output: 3 }", 2 * 3 * 112, (3 * 112) + 3)]
    [InlineData("type: \"InnerProduct\" inner_product_param { num_output: 3 transpose: true axis: 2 }", 2 * 2 * 3 * 56, (3 * 56) + 3)]
    [InlineData("type: \"ReLU\"", 0, 0)]
    public void MultiplyAddsAndParametersAreCountedFromTheShapes(string layer, long multiplyAdds, long parameters)
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
        Net net = Net.Build(definition, new NetOptions { Pool = pool, Sources = sources });

        Assert.Equal(new LayerCost(multiplyAdds, parameters), LayerCost.Of(net.Layers[1]));
    }
}
