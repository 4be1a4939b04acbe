using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public class SliceLayerTests
{
    /// <summary>Options, resulting axis, bottom, sizes of the pieces; the last are copied in several parts.</summary>
    public static TheoryData<string, int, int[], int[]> Cuts => new()
    {
        { "", 1, [2, 6, 4], [2, 2, 2] },
        { "axis: 0", 0, [3, 5], [1, 1, 1] },
        { "axis: -1 slice_point: 1 slice_point: 18", 2, [2, 3, 20], [1, 17, 2] },
        { "slice_point: 3", 1, [2, 3], [3, 0] },
        { "slice_dim: 0 slice_point: 1", 0, [3, 5], [1, 2] },
        { "slice_dim: 2", 2, [1, 2, 4], [2, 2] },
        { "", 1, [0, 4], [2, 2] },
        { "", 1, [2, 0], [0, 0] },
        { "slice_point: 41", 1, [3, 42, 1001], [41, 1] },
        { "axis: 0 slice_point: 13", 0, [70014], [13, 70001] },
    };

    [Theory]
    [MemberData(nameof(Cuts))]
    [Trait("Category", "Unit")]
    public void EveryPieceIsWhereItWasCutAndItsGradientGoesBack(string options, int axis, int[] bottom, int[] pieces)
    {
        using var harness = new LayerHarness($"type: 'Slice' slice_param {{ {options} }}", [bottom], pieces.Length);
        harness.Forward();
        harness.Bottoms[0].Diff.Fill(float.NaN);
        for (int i = 0; i < pieces.Length; i++)
        {
            LayerHarness.Fill(harness.Tops[i].Diff, (ulong)(50 + i));
        }

        harness.Backward();
        float[] x = harness.Bottoms[0].Data.ToArray(), dx = harness.Bottoms[0].Diff.ToArray();
        int inner = harness.Bottoms[0].CountOf(axis + 1), before = 0;
        for (int piece = 0; piece < pieces.Length; piece++)
        {
            int[] shape = [.. bottom];
            shape[axis] = pieces[piece];
            Assert.Equal(shape, harness.Tops[piece].Shape.ToArray());
            float[] y = harness.Tops[piece].Data.ToArray(), dy = harness.Tops[piece].Diff.ToArray();
            for (int i = 0; i < y.Length; i++)
            {
                int outer = i / (pieces[piece] * inner), place = i % (pieces[piece] * inner);
                int at = (outer * bottom[axis] * inner) + (before * inner) + place;
                Assert.True(y[i] == x[at] && dx[at] == dy[i], $"value {i} of piece {piece}");
            }

            before += pieces[piece];
        }

        Assert.DoesNotContain(float.NaN, dx);
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction()
    {
        using var harness = new LayerHarness(
            "type: 'Slice' slice_param { axis: 2 slice_point: 1 slice_point: 17 }", [[2, 3, 19]], tops: 3);
        new GradientChecker().Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ASingleTopSharesValuesAndGradient()
    {
        using var harness = new LayerHarness("type: 'Slice'", [[2, 3]]);
        harness.Bottoms[0].Reshape(40, 3);
        harness.Bottoms[0].Data.Fill(4);
        harness.Forward();
        harness.Tops[0].Diff.Fill(7);
        harness.Backward();
        Assert.True(harness.Tops[0].SharesDataWith(harness.Bottoms[0]));
        Assert.Equal([40, 3], harness.Tops[0].Shape.ToArray());
        Assert.All(harness.Bottoms[0].Diff.ToArray(), dx => Assert.Equal(7, dx));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheLastPieceTakesWhatABottomGainsAndTooShortAOneIsAnError()
    {
        using var harness = new LayerHarness("type: 'Slice' slice_param { axis: 0 slice_point: 2 }", [[3, 2]], tops: 2);
        harness.Bottoms[0].Reshape(9, 2);
        harness.Forward();
        Assert.Equal([7, 2], harness.Tops[1].Shape.ToArray());
        harness.Bottoms[0].Reshape(1, 2);
        var exception = Assert.Throws<CnnException>(harness.Forward);
        Assert.Contains("slice_point 2", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("axis: 2", "axis 2 does not exist")]
    [InlineData("slice_dim: 4294967295", "axis 4294967295 does not exist")]
    [InlineData("axis: 1 slice_dim: 1", "axis and slice_dim are both given")]
    [InlineData("slice_point: 0", "slice_point 0 is out of order")]
    [InlineData("slice_point: 4294967295", "slice_point 4294967295 is out of order")]
    [InlineData("slice_point: 1 slice_point: 2", "slice_point is given 2 times for 2 tops")]
    [InlineData("", "cannot be cut into 2 equal pieces")]
    [Trait("Category", "Unit")]
    public void AWrongCutIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness($"type: 'Slice' slice_param {{ {options} }}", [[2, 3]], tops: 2).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal("layer", exception.Diagnostics[0].Layer);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }
}
