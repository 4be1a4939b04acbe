using Cnn.Proto;

namespace Cnn.Tests.Layers.Detection;

[Trait("Category", "Unit")]
public class PythonProposalLayerTests
{
    [Theory]
    [InlineData("'feat_stride': 16", 9)]
    [InlineData("{'feat_stride': 16, 'scales': [4, 8]}", 6)]
    [InlineData("'feat_stride': 16\\n'scales': !!python/tuple [8, 16, 32, 64]", 12)]
    [InlineData("{'feat_stride': 16, 'ratios': [0.5, 1.0], 'scales': !!python/tuple [2]}", 2)]
    public void TheOptionsAreThoseOfParamStr(string options, int anchors)
    {
        using var harness = Make(options, anchors, 2, 3);
        harness.Set(2, 32, 48, 1);
        harness.Forward();
        Assert.Equal(5, harness.Tops[0].Dim(1));
        Assert.Equal([harness.Tops[0].Dim(0), 1], harness.Tops[1].Shape.ToArray());
    }

    [Theory]
    [InlineData(Phase.Test, 300)]
    [InlineData(Phase.Train, 2000)]
    public void TrainingKeepsMoreRegionsThanTesting(Phase phase, int expected)
    {
        using var harness = Make("{'feat_stride': 100, 'ratios': [1], 'scales': [2]}", 1, 50, 50, phase);
        Assert.Equal(expected, harness.Tops[0].Dim(0));
        harness.Bottoms[1].Data.Clear();
        harness.Set(2, 5000, 5000, 1);
        harness.Forward();
        Assert.Equal(expected, harness.Tops[0].Dim(0));
    }

    [Fact]
    public void RegionsBelowTheLeastSizeAreLeftOut()
    {
        using var harness = Make("{'feat_stride': 16, 'ratios': [1], 'scales': [1]}", 1, 1, 2);
        harness.Bottoms[1].Data.Clear();
        harness.Set(2, 100, 30, 1);
        harness.Forward();
        Assert.Equal([0, 0, 0, 16, 16], harness.Top);
        harness.Set(2, 100, 30, 2);
        harness.Forward();
        Assert.Equal([0, 5], harness.Tops[0].Shape.ToArray());
    }

    [Theory]
    [InlineData("", "option 'feat_stride' of a Python layer is missing")]
    [InlineData("'feat_stride': 0", "feat_stride")]
    [InlineData("'feat_stride': 16, 'scales': 8", "param_str is wrong at line 1, column ")]
    [InlineData("{'feat_stride': 16, 'scalse': [8]}", "unknown option 'scalse' of a Python layer")]
    [InlineData("{'feat_stride': 16, 'scales': []}", "scales in param_str is []")]
    [InlineData("{'feat_stride': 16, 'ratios': [-1]}", "ratios in param_str is [-1]")]
    [InlineData("{'feat_stride': !!python/object:os.system 16}", "param_str is wrong at line 1, column 17")]
    public void AWrongParamStrIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Make(options, 9, 2, 3));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal("layer.prototxt", exception.Diagnostics[0].Location?.File);
    }

    private static LayerHarness Make(
        string options, int anchors, int height, int width, Phase phase = Phase.Test) => new(
        "type: 'Python' python_param { module: 'rpn.proposal_layer' layer: 'ProposalLayer' "
        + $"param_str: \"{options}\" }}",
        [[1, 2 * anchors, height, width], [1, 4 * anchors, height, width], [1, 3]], tops: 2, phase);
}
