using Cnn.Proto;

namespace Cnn.Tests.Layers.Normalization;

[Trait("Category", "Unit")]
public class NormalizationErrorTests
{
    [Theory]
    [InlineData("type: 'LRN' lrn_param { local_size: 4 }", "1 2 3 4", "local_size is 4")]
    [InlineData("type: 'LRN' lrn_param { local_size: 0 }", "1 2 3 4", "local_size is 0")]
    [InlineData("type: 'LRN' lrn_param { alpha: nan }", "1 2 3 4", "alpha")]
    [InlineData("type: 'LRN'", "2 3 4", "'bottom0' has shape 2 3 4 (24)")]
    public void AWrongConfigurationIsALocatedError(string definition, string shape, string expected)
    {
        var thrown = Assert.Throws<CnnException>(
            () => new LayerHarness(definition, [[.. shape.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)]]));
        Assert.Contains(expected, thrown.Message);
        Assert.Contains("layer 'layer'", thrown.Message);
        Assert.Equal(1, thrown.Diagnostics[0].Location?.Line);
    }
}
