using Cnn.Proto;

namespace Cnn.Tests.Layers.Normalization;

[Trait("Category", "Unit")]
public class NormalizationErrorTests
{
    [Theory]
    [InlineData("type: 'LRN' lrn_param { local_size: 4 }", "1 2 3 4", "local_size is 4")]
    [InlineData("type: 'LRN' lrn_param { local_size: 0 }", "1 2 3 4", "local_size is 0")]
    [InlineData("type: 'LRN' lrn_param { alpha: nan }", "1 2 3 4", "alpha is NaN")]
    [InlineData("type: 'LRN' lrn_param { beta: inf }", "1 2 3 4", "beta is ")]
    [InlineData("type: 'LRN' lrn_param { k: nan }", "1 2 3 4", "k is NaN")]
    [InlineData("type: 'LRN'", "2 3 4", "'bottom0' has shape 2 3 4 (24)")]
    [InlineData("type: 'BatchNorm'", "3", "'bottom0' has shape 3 (3)")]
    [InlineData("type: 'BatchNorm'", "0 600000000", "0 600000000 (0) has too many channels")]
    [InlineData("type: 'BatchNorm' batch_norm_param { eps: -1 }", "2 3", "eps is -1")]
    [InlineData(
        "type: 'BatchNorm' batch_norm_param { moving_average_fraction: nan }", "2 3", "moving_average_fraction is NaN")]
    [InlineData("type: 'BatchNorm' param { lr_mult: 0 } param { lr_mult: 2 }", "2 3", "lr_mult of parameter 1 is 2")]
    [InlineData("type: 'BatchNorm' param { name: 'mean' }", "2 3", "lr_mult of parameter 0 is 1")]
    [InlineData("type: 'MVN'", "1 2 3 4 5", "'bottom0' has shape 1 2 3 4 5 (120)")]
    [InlineData("type: 'MVN' mvn_param { eps: -1 }", "1 2", "eps is -1")]
    public void AWrongConfigurationIsALocatedError(string definition, string shape, string expected)
    {
        var thrown = Assert.Throws<CnnException>(
            () => new LayerHarness(
                definition, [[.. shape.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)]]));
        Assert.Contains(expected, thrown.Message);
        Assert.Contains("layer 'layer'", thrown.Message);
        Assert.Equal(1, thrown.Diagnostics[0].Location?.Line);
    }
}
