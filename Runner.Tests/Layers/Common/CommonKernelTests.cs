namespace Cnn.Tests.Layers.Common;

/// <summary>
/// Compares the routing layers with their plain formulas, over sizes of one part and of several, of whole vectors and
/// of tails, on every vector path.
/// </summary>
[Trait("Category", "Kernel")]
public class CommonKernelTests
{
    public static TheoryData<int[]> ScaleShapes => new()
    {
        // [outer, dim, inner]
        { [1, 1, 1] }, { [1, 40_001, 1] }, { [300, 70, 1] }, { [40_001, 1, 1] }, { [70_000, 3, 1] },
        { [5, 7, 2] },
        { [900, 5, 15] }, { [64, 33, 49] }, { [2, 3, 40_001] }, { [1, 300, 17] },
        { [3, 0, 5] }, { [3, 5, 0] }, { [0, 5, 3] },
    };

    public static TheoryData<int[], int[], int[]> Crops => new()
    {
        { [7], [3], [2] },
        { [40_001], [20_001], [19_999] },
        { [2, 40_003], [2, 17_000], [0, 20_000] },
        { [3, 4, 5, 20], [3, 4, 2, 18], [0, 0, 3, 1] },
        { [3, 4, 5, 20], [3, 2, 5, 20], [0, 1, 0, 0] },
        { [3, 4, 5, 6], [3, 4, 5, 6], [0, 0, 0, 0] },
        { [3, 2, 4, 5, 6], [2, 2, 3, 5, 4], [1, 0, 1, 0, 2] },
        { [3, 4, 5], [3, 0, 5], [0, 4, 0] },
        { [40, 30, 9, 11], [40, 30, 5, 7], [0, 0, 2, 4] },
    };

    public static TheoryData<int, int, int> Tiles => new()
    {
        { 1, 3, 1 }, { 20_001, 2, 1 }, { 2, 20_001, 1 }, { 7, 5, 3 }, { 3, 1, 16 }, { 2, 3, 17_001 }, { 300, 4, 35 },
        { 0, 3, 2 }, { 3, 3, 0 },
    };

    public static TheoryData<int, int, int, int> ArgMaxes => new()
    {
        { 3, 1, 1, 1 }, { 3, 5, 1, 1 }, { 3, 16, 1, 1 }, { 700, 35, 1, 1 }, { 2, 40_001, 1, 1 }, { 2, 40, 17, 1 },
        { 2, 3, 9_001, 1 },
        { 2, 9, 19, 4 }, { 5, 1000, 1, 1000 }, { 3, 2000, 1, 37 }, { 2, 3, 0, 1 }, { 0, 3, 2, 2 }, { 2, 21, 35, 2 },
    };

    [Theory]
    [MemberData(nameof(ScaleShapes))]
    public void ScaleAndBiasGradientsAreTheSumsOnAnyNumberOfThreads(int[] shape)
    {
        int outer = shape[0], dim = shape[1], inner = shape[2];
        var gradients = new List<float[]>();
        foreach (int threads in (int[])[1, 3])
        {
            using var harness = new LayerHarness(
                "type: 'Scale' scale_param { bias_term: true }", [shape], threads: threads);
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 4);
            harness.Backward();
            gradients.Add([.. harness.Layer.Blobs[0].Diff, .. harness.Layer.Blobs[1].Diff]);
            if (threads > 1)
            {
                continue;
            }

            float[] x = harness.Bottoms[0].Data.ToArray(), dy = harness.Tops[0].Diff.ToArray();
            for (int d = 0; d < dim; d++)
            {
                double scale = 0, bias = 0;
                for (int o = 0; o < outer; o++)
                {
                    for (int i = 0; i < inner; i++)
                    {
                        int at = (((o * dim) + d) * inner) + i;
                        (scale, bias) = (scale + ((double)x[at] * dy[at]), bias + dy[at]);
                    }
                }

                Assert.Equal(scale, gradients[0][d], 1e-6 * Math.Max(1, Math.Abs(scale)));
                Assert.Equal(bias, gradients[0][dim + d], 1e-6 * Math.Max(1, Math.Abs(bias)));
            }
        }

        Assert.Equal(gradients[0], gradients[1]);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(12_000, 3)]
    [InlineData(700, 35)]
    [InlineData(2, 20_001)]
    [InlineData(3, 0)]
    public void ReductionsAreTheSums(int rows, int length)
    {
        foreach (string operation in (string[])["SUM", "ASUM", "SUMSQ", "MEAN"])
        {
            using var harness = new LayerHarness(
                $"type: 'Reduction' reduction_param {{ operation: {operation} axis: 1 coeff: 0.5 }}", [[rows, length]]);
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 4);
            harness.Backward();
            float[] x = harness.Bottoms[0].Data.ToArray(), dy = harness.Tops[0].Diff.ToArray(), y = harness.Top;
            for (int row = 0; row < rows; row++)
            {
                double sum = 0, factor = operation == "MEAN" ? 0.5 / length : 0.5;
                for (int i = row * length; i < (row + 1) * length; i++)
                {
                    double v = x[i];
                    var (term, slope) = operation switch
                    {
                        "ASUM" => (Math.Abs(v), Math.Sign(v)),
                        "SUMSQ" => (v * v, 2 * v),
                        _ => (v, 1.0),
                    };
                    sum += term;
                    Assert.Equal(factor * slope * dy[row], harness.Bottoms[0].Diff[i], 1e-6);
                }

                Assert.Equal(length == 0 ? 0 : sum * factor, y[row], 1e-6 * Math.Max(1, Math.Abs(sum)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Crops))]
    public void CropsAreBoxesAndTheirGradientLiesWhereTheyWere(int[] whole, int[] box, int[] offsets)
    {
        string options = string.Join(' ', offsets.Select(o => $"offset: {o}"));
        using var harness = new LayerHarness($"type: 'Crop' crop_param {{ axis: 0 {options} }}", [whole, box]);
        harness.Forward();
        Assert.Equal(box, harness.Tops[0].Shape.ToArray());
        LayerHarness.Fill(harness.Tops[0].Diff, 4);
        harness.Bottoms[0].Diff.Fill(float.NaN);
        harness.Backward();
        float[] x = harness.Bottoms[0].Data.ToArray(), y = harness.Top, dy = harness.Tops[0].Diff.ToArray();
        var expected = new float[x.Length];
        for (int i = 0; i < y.Length; i++)
        {
            int rest = i, at = 0, stride = 1;
            for (int axis = whole.Length - 1; axis >= 0; axis--)
            {
                at += ((rest % box[axis]) + offsets[axis]) * stride;
                (rest, stride) = (rest / box[axis], stride * whole[axis]);
            }

            expected[at] = dy[i];
            Assert.Equal(x[at], y[i]);
        }

        Assert.Equal(expected, harness.Bottoms[0].Diff.ToArray());
    }

    [Theory]
    [MemberData(nameof(Tiles))]
    public void TilesAreCopiesOfBlocksAndTheirGradientIsTheSum(int blocks, int tiles, int length)
    {
        using var harness = new LayerHarness($"type: 'Tile' tile_param {{ tiles: {tiles} }}", [[blocks, length]]);
        harness.Forward();
        LayerHarness.Fill(harness.Tops[0].Diff, 4);
        harness.Bottoms[0].Diff.Fill(float.NaN);
        harness.Backward();
        float[] x = harness.Bottoms[0].Data.ToArray(), y = harness.Top, dy = harness.Tops[0].Diff.ToArray();
        Assert.Equal(x.Length * tiles, y.Length);
        for (int i = 0; i < x.Length; i++)
        {
            double sum = 0;
            for (int tile = 0; tile < tiles; tile++)
            {
                int at = (((i / length * tiles) + tile) * length) + (i % length);
                Assert.Equal(x[i], y[at]);
                sum += dy[at];
            }

            Assert.Equal(sum, harness.Bottoms[0].Diff[i], 1e-6 * Math.Max(1, Math.Abs(sum)));
        }
    }

    // Few different values, so that many are equal.
    [Theory]
    [MemberData(nameof(ArgMaxes))]
    public void TheLargestComeFirstAndOfEqualsTheLater(int outer, int length, int inner, int k)
    {
        float[][] tops = new float[2][];
        for (int values = 0; values < 2; values++)
        {
            string options = $"axis: 1 top_k: {k} out_max_val: {(values == 1 ? "true" : "false")}";
            using var harness = new LayerHarness(
                $"type: 'ArgMax' argmax_param {{ {options} }}", [[outer, length, inner]], prepare: h =>
                {
                    foreach (ref float value in h.Bottoms[0].Data)
                    {
                        value = MathF.Round(value * 20);
                    }
                });
            harness.Forward();
            tops[values] = harness.Top;
            float[] x = harness.Bottoms[0].Data.ToArray();
            for (int row = 0; row < outer * inner; row++)
            {
                int o = row / inner, i = row % inner;
                int[] expected =
                [
                    .. Enumerable.Range(0, length).OrderByDescending(c => x[(((o * length) + c) * inner) + i])
                        .ThenByDescending(c => c).Take(k),
                ];
                for (int rank = 0; rank < k; rank++)
                {
                    float best = values == 1 ? x[(((o * length) + expected[rank]) * inner) + i] : expected[rank];
                    Assert.Equal(best, tops[values][(((o * k) + rank) * inner) + i]);
                }
            }
        }
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(40, 1)]
    [InlineData(40, 3)]
    [InlineData(40, 40)]
    public void ANumberIsAboveNaNInArgMax(int length, int k)
    {
        for (int number = 0; number < length; number++)
        {
            int at = number;
            using var harness = new LayerHarness(
                $"type: 'ArgMax' argmax_param {{ top_k: {k} }}", [[1, length]], prepare: h =>
                {
                    h.Bottoms[0].Data.Fill(float.NaN);
                    h.Bottoms[0].Data[at] = -5;
                });
            harness.Forward();
            Assert.Equal(number, harness.Top[0]);
            Assert.Equal(k, harness.Top.Distinct().Count());
        }
    }

    [Theory]
    [InlineData(3, 1, 5)]
    [InlineData(50, 300, 9)]
    [InlineData(4, 17, 3_000)]
    [InlineData(3, 40_001, 2)]
    public void RowsThatRepeatAddUp(int items, int length, int count)
    {
        using var harness = new LayerHarness("type: 'BatchReindex'", [[items, length], [count]], prepare: h =>
        {
            for (int i = 0; i < count; i++)
            {
                h.Bottoms[1].Data[i] = i * 7 % items;
            }
        });
        harness.Forward();
        LayerHarness.Fill(harness.Tops[0].Diff, 4);
        harness.Backward(0);
        float[] x = harness.Bottoms[0].Data.ToArray(), y = harness.Top, dy = harness.Tops[0].Diff.ToArray();
        var expected = new float[x.Length];
        for (int i = 0; i < y.Length; i++)
        {
            int from = (i / length * 7 % items * length) + (i % length);
            Assert.Equal(x[from], y[i]);
            expected[from] += dy[i];
        }

        Assert.Equal(expected, harness.Bottoms[0].Diff.ToArray());
    }
}
