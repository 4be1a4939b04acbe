using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public sealed class ReverseLayerTests
{
    /// <summary>Options, a shape, and which axes are turned around.</summary>
    public static TheoryData<string, int[], int[]> Axes => new()
    {
        { "", [5, 2, 3], [0] },
        { "reverse_param { axis: 0 }", [4], [0] },
        { "reverse_param { axis: 1 }", [2, 3, 70], [1] },
        { "reverse_param { axis: -1 }", [2, 3, 17], [2] },
        { "reverse_param { axis: 0 axis: 2 }", [2, 3, 4, 5], [0, 2] },
        { "reverse_param { axis: -2 axis: 1 axis: 0 }", [3, 2, 4], [0, 1] },
        { "reverse_param { axis: 0 }", [3, 20000], [0] },
    };

    [Theory]
    [MemberData(nameof(Axes))]
    [Trait("Category", "Kernel")]
    public void EachIndexComesFromTheOtherEnd(string options, int[] shape, int[] axes)
    {
        using var harness = new LayerHarness($"type: 'Reverse' {options}", [shape]);
        harness.Forward();
        Assert.Equal(shape, harness.Tops[0].Shape.ToArray());
        float[] found = harness.Top, expected = new float[found.Length];
        for (int i = 0; i < expected.Length; i++)
        {
            int source = 0;
            for (int axis = shape.Length - 1, rest = i, stride = 1; axis >= 0; axis--)
            {
                int index = rest % shape[axis];
                source += (axes.Contains(axis) ? shape[axis] - 1 - index : index) * stride;
                (rest, stride) = (rest / shape[axis], stride * shape[axis]);
            }

            expected[i] = harness.Bottoms[0].Data[source];
        }

        Assert.Equal(expected, found);
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void TheGradientTakesTheWayBack()
    {
        using var harness = new LayerHarness("type: 'Reverse' reverse_param { axis: 1 axis: 0 }", [[2, 3, 4]]);
        new GradientChecker().Check(harness);
        harness.AssertAllocatesNothing(0);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AnAxisThatIsNotThereIsAnErrorAndAnEmptyArrayIsNone()
    {
        Assert.Throws<CnnException>(
            () => new LayerHarness("type: 'Reverse' reverse_param { axis: 3 }", [[2, 3, 4]]).Dispose());
        using var harness = new LayerHarness("type: 'Reverse'", [[2, 0, 4]]);
        harness.Forward();
        Assert.Empty(harness.Top);
    }
}
