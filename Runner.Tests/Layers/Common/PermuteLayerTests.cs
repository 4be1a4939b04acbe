using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public class PermuteLayerTests
{
    /// <summary>Options, bottom, the order that they mean; some are copied in several parts.</summary>
    public static TheoryData<string, int[], int[]> Orders => new()
    {
        { "order: 0 order: 2 order: 3 order: 1", [2, 3, 4, 5], [0, 2, 3, 1] },
        { "order: 0 order: 2 order: 3 order: 1", [2, 84, 19, 19], [0, 2, 3, 1] },
        { "order: 0 order: 3 order: 1 order: 2", [1, 37, 41, 16], [0, 3, 1, 2] },
        { "order: 1", [3, 5, 2], [1, 0, 2] },
        { "order: 1", [130, 257], [1, 0] },
        { "order: 2 order: 1", [17, 33, 18], [2, 1, 0] },
        { "order: 3", [2, 1, 3, 4], [3, 0, 1, 2] },
        { "order: 4 order: 2 order: 0", [2, 3, 4, 5, 6], [4, 2, 0, 1, 3] },
        { "order: 1 order: 0", [3, 2, 70, 301], [1, 0, 2, 3] },
        { "order: 2 order: 0", [4, 0, 3], [2, 0, 1] },
        { "order: 1", [1, 6, 1], [1, 0, 2] },
        { "order: 1 order: 2", [5, 70001, 2], [1, 2, 0] },
    };

    [Theory]
    [MemberData(nameof(Orders))]
    [Trait("Category", "Kernel")]
    public void EveryValueAndGradientGoesToItsPlace(string options, int[] bottom, int[] order)
    {
        using var harness = new LayerHarness($"type: 'Permute' permute_param {{ {options} }}", [bottom]);
        harness.Forward();
        Assert.Equal(order.Select(axis => bottom[axis]), harness.Tops[0].Shape.ToArray());
        LayerHarness.Fill(harness.Tops[0].Diff, 9);
        harness.Bottoms[0].Diff.Fill(float.NaN);
        harness.Backward();
        float[] x = harness.Bottoms[0].Data.ToArray(), dx = harness.Bottoms[0].Diff.ToArray();
        float[] y = harness.Top, dy = harness.Tops[0].Diff.ToArray();
        var index = new int[order.Length];
        for (int i = 0; i < y.Length; i++)
        {
            int rest = i, from = 0;
            for (int axis = order.Length - 1; axis >= 0; axis--)
            {
                (rest, index[order[axis]]) = Math.DivRem(rest, bottom[order[axis]]);
            }

            for (int axis = 0; axis < order.Length; axis++)
            {
                from = (from * bottom[axis]) + index[axis];
            }

            Assert.True(x[from] == y[i] && dx[from] == dy[i], $"value {i}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("order: 0 order: 1")]
    [Trait("Category", "Unit")]
    public void InTheNaturalOrderTheTopSharesValuesAndGradient(string options)
    {
        using var harness = new LayerHarness($"type: 'Permute' permute_param {{ {options} }}", [[2, 3, 4]]);
        harness.Forward();
        harness.Tops[0].Diff.Fill(7);
        harness.Backward();
        Assert.True(harness.Tops[0].SharesDataWith(harness.Bottoms[0]));
        Assert.All(harness.Bottoms[0].Diff.ToArray(), dx => Assert.Equal(7, dx));
    }

    [Theory]
    [InlineData("order: 0 order: 0", "order names axis 0 twice")]
    [InlineData("order: 2", "order names axis 2, which bottom 'bottom0' of shape 2 3 (6) does not have")]
    [InlineData("order: 4294967295", "order names axis 4294967295")]
    [Trait("Category", "Unit")]
    public void AWrongOrderIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness($"type: 'Permute' permute_param {{ {options} }}", [[2, 3]]).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothing()
    {
        using var harness = new LayerHarness("type: 'Permute' permute_param { order: 1 }", [[20, 30, 4]]);
        harness.AssertAllocatesNothing();
    }
}
