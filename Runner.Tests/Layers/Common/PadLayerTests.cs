using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

/// <summary>Pad and the Python class PadTensor.</summary>
public class PadLayerTests
{
    private const string Python = "{'pad_t': 1, 'pad_b': 2, 'pad_l': 0, 'pad_r': 3, 'pad_mode': 'constant'}";

    [Fact]
    [Trait("Category", "Unit")]
    public void TheValueStandsAround()
    {
        using var harness = new LayerHarness(
            "type: 'Pad' pad_param { paddings: 1 paddings: 0 paddings: 0 paddings: 2 constant_values: 7 }", [[1, 2]]);
        harness.Set(0, 3, 4);
        harness.Forward();
        Assert.Equal([2, 4], harness.Tops[0].Shape.ToArray());
        Assert.Equal([7, 7, 7, 7, 3, 4, 7, 7], harness.Top);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ThePythonClassPadsRowsAndColumns()
    {
        using var harness = new LayerHarness(PythonLayer(Python), [[1, 1, 1, 2]]);
        harness.Set(0, 3, 4);
        harness.Forward();
        Assert.Equal([1, 1, 4, 5], harness.Tops[0].Shape.ToArray());
        Assert.Equal([0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], harness.Top);
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction()
    {
        foreach (string definition in (string[])[
            "type: 'Pad' pad_param { paddings: 1 paddings: 0 paddings: 0 paddings: 0 paddings: 2 paddings: 1 "
            + "paddings: 0 paddings: 3 constant_values: 2 }",
            PythonLayer(Python)])
        {
            using var harness = new LayerHarness(definition, [[2, 3, 4, 5]]);
            new GradientChecker().Check(harness);
            harness.AssertAllocatesNothing();
        }
    }

    [Theory]
    [InlineData("type: 'Pad' pad_param { paddings: 1 paddings: 1 }", "paddings is given 2 times for 4 axes")]
    [InlineData("type: 'Pad'", "paddings is given 0 times for 4 axes")]
    [InlineData(
        "type: 'Pad' pad_param { paddings: 1 paddings: 1 paddings: 1 paddings: 1 paddings: 1 paddings: 1 paddings: 1 "
        + "paddings: 100000 }",
        "paddings 100000 is too large")]
    [Trait("Category", "Unit")]
    public void AWrongPaddingIsNamed(string definition, string expected) => Assert.Contains(
        expected,
        Assert.Throws<CnnException>(() => new LayerHarness(definition, [[1, 2, 3, 4]])).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("{'pad_t': 1, 'pad_b': 2, 'pad_l': 0, 'pad_r': 3, 'pad_mode': 'edge'}", "in param_str is 'edge'")]
    [InlineData("{'pad_t': -1, 'pad_b': 2, 'pad_l': 0, 'pad_r': 3, 'pad_mode': 'constant'}", "pad_t")]
    [Trait("Category", "Unit")]
    public void AWrongParamStrIsNamed(string options, string expected) => Assert.Contains(
        expected,
        Assert.Throws<CnnException>(() => new LayerHarness(PythonLayer(options), [[1, 2, 3, 4]])).Message,
        StringComparison.Ordinal);

    private static string PythonLayer(string options) =>
        $"type: 'Python' python_param {{ module: 'pad' layer: 'PadTensor' param_str: \"{options}\" }}";
}
