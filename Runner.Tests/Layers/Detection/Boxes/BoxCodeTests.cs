using Cnn.Layers.Detection.Boxes;
using CodeType = Cnn.Proto.PriorBoxParameter.Types.CodeType;

namespace Cnn.Tests.Layers.Detection.Boxes;

[Trait("Category", "Unit")]
public class BoxCodeTests
{
    private static readonly Box Prior = new(0.2f, 0.3f, 0.6f, 0.5f);
    private static readonly Box Variance = new(0.1f, 0.2f, 0.3f, 0.4f);

    [Fact]
    public void EachKindIsItsFormula()
    {
        var code = new Box(1, -1, 0.5f, 2);
        AssertClose(
            new Box(0.3f, 0.1f, 0.75f, 1.3f), BoxCode.Decode(CodeType.Corner, Prior, Variance, code));
        AssertClose(
            new Box(0.24f, 0.26f, 0.66f, 0.66f), BoxCode.Decode(CodeType.CornerSize, Prior, Variance, code));

        // The centre (0.4, 0.4) moves by (0.1 x 0.4, -0.2 x 0.2), the sides 0.4 and 0.2 grow by e^0.15 and e^0.8.
        float halfWidth = 0.2f * MathF.Exp(0.15f), halfHeight = 0.1f * MathF.Exp(0.8f);
        AssertClose(
            new Box(0.44f - halfWidth, 0.36f - halfHeight, 0.44f + halfWidth, 0.36f + halfHeight),
            BoxCode.Decode(CodeType.CenterSize, Prior, Variance, code));
    }

    [Theory]
    [InlineData(CodeType.Corner)]
    [InlineData(CodeType.CenterSize)]
    [InlineData(CodeType.CornerSize)]
    public void EncodingIsTheWayBack(CodeType kind)
    {
        var box = new Box(-0.1f, 0.2f, 0.7f, 1.1f);
        foreach (Box variance in new[] { Variance, BoxCode.NoVariance })
        {
            Box code = BoxCode.Encode(kind, Prior, variance, box);
            AssertClose(box, BoxCode.Decode(kind, Prior, variance, code));
        }
    }

    [Fact]
    public void KindsThatDivideByThePriorsSizeNeedOne()
    {
        var flat = new Box(0.1f, 0.3f, 0.4f, 0.3f);
        Assert.True(BoxCode.Allows(CodeType.Corner, flat));
        Assert.False(BoxCode.Allows(CodeType.CenterSize, flat));
        Assert.False(BoxCode.Allows(CodeType.CornerSize, new Box(float.NaN, 0, 1, 1)));
    }

    private static void AssertClose(Box expected, Box actual)
    {
        Assert.Equal(expected.XMin, actual.XMin, 1e-6f);
        Assert.Equal(expected.YMin, actual.YMin, 1e-6f);
        Assert.Equal(expected.XMax, actual.XMax, 1e-6f);
        Assert.Equal(expected.YMax, actual.YMax, 1e-6f);
    }
}
