namespace Cnn.Tests.Proto.Upgrades;

[Trait("Category", "Unit")]
public class InputUpgradeTests
{
    private const string Relu = " layer { name: 'r' type: 'ReLU' bottom: 'a' top: 'b' }";

    [Fact]
    public void FourNumbersForEachInputBecomeOneLayerInFront() => Upgraded.AssertNet(
        "layer { name: 'input' type: 'Input' top: 'a' top: 'b' input_param { shape { dim: 1 dim: 2 dim: 3 dim: 4 } "
            + "shape { dim: 5 dim: 6 dim: 7 dim: 8 } } }" + Relu,
        "input: 'a' input: 'b' input_dim: [1, 2, 3, 4, 5, 6, 7, 8]" + Relu);

    [Fact]
    public void ShapesOfAnyNumberOfAxesWinOverNumbers() => Upgraded.AssertNet(
        "layer { name: 'input' type: 'Input' top: 'a' top: 'b' input_param { shape { dim: 9 dim: 8 } "
            + "shape { } } }" + Relu,
        "input: 'a' input: 'b' input_shape { dim: 9 dim: 8 } input_shape { } input_dim: 1" + Relu);

    [Fact]
    public void InputsOfV1StandBeforeItsLayers() => Upgraded.AssertNet(
        "layer { name: 'input' type: 'Input' top: 'a' input_param { shape { dim: 1 } } } layer { type: 'ReLU' } "
            + "layer { type: 'TanH' }",
        "input: 'a' input_shape { dim: 1 } layers { type: RELU } layers { type: TANH }");

    [Fact]
    public void NamesWithoutShapesAreDropped() => Upgraded.AssertNet(Relu, "input: 'a' input: 'b'" + Relu);

    [Fact]
    public void ShapesWithoutNamesStay() =>
        Upgraded.AssertNet("input_dim: 1 input_shape { dim: 2 }" + Relu, "input_dim: 1 input_shape { dim: 2 }" + Relu);

    [Theory]
    [InlineData(
        "input: 'a'\ninput_dim: [1, 2, 3, 4, 5]",
        "n:2:13: the net has 1 'input' and 5 'input_dim' entries; what is too many is dropped")]
    [InlineData(
        "input: 'a'\ninput_shape { dim: [1, 2, 3, 4] } input_shape { dim: 9 }",
        "n:2:1: the net has 1 'input' and 2 'input_shape' entries; what is too many is dropped")]
    public void ShapesBeyondTheInputsAreDroppedWithAWarning(string text, string warning)
    {
        Upgraded upgraded = Upgraded.Net(text);
        Assert.Equal(
            Upgraded.Canonical(
                "layer { name: 'input' type: 'Input' top: 'a' input_param { shape { dim: [1, 2, 3, 4] } } }"),
            upgraded.Text);
        Assert.StartsWith(warning, Assert.Single(upgraded.Warnings).ToString(), StringComparison.Ordinal);
    }
}
