using Cnn.Proto;

namespace Cnn.Tests.Layers.Detection;

[Trait("Category", "Unit")]
public sealed class AnchorTargetLayerTests
{
    private const int Height = 7, Width = 9, Stride = 8, ImageHeight = 60, ImageWidth = 70;

    // Sides 8, 16 and 32 of a base of 16.
    private const string Small = "{'feat_stride': 8, 'ratios': [1], 'scales': [0.5, 1, 2]";

    private static readonly float[][] Objects =
        [[5, 6, 22, 20, 1], [30, 20, 60, 50, 2], [50, 2, 58, 11, 3], [40, 40, 47, 47, 1]];

    [Theory]
    [InlineData("")]
    [InlineData(", 'allowed_border': 6")]
    [InlineData(", 'rpn_positive_overlap': 0.4, 'rpn_negative_overlap': 0.2")]
    [InlineData(", 'rpn_clobber_positives': true, 'rpn_negative_overlap': 0.5")]
    [InlineData(", 'rpn_positive_weight': 0.25, 'rpn_bbox_inside_weights': [1, 2, 3, 4]")]
    [InlineData(", 'rpn_normalize_targets': true, 'rpn_normalize_means': [0.1, 0, -0.1, 0]")]
    public void TheTopsAreThoseOfAPlainComputation(string options)
    {
        using LayerHarness layer = Make($"{Small}, 'rpn_batchsize': 100000{options}}}");
        layer.Forward();
        Assert.Equal([1, 1, 3 * Height, Width], layer.Tops[0].Shape);
        Assert.Equal([1, 12, Height, Width], layer.Tops[3].Shape);
        Expected expected = Compute(
            border: options.Contains("border", StringComparison.Ordinal) ? 6 : 0,
            positive: options.Contains("positive_overlap", StringComparison.Ordinal) ? 0.4 : 0.7,
            negative: options.Contains("clobber", StringComparison.Ordinal) ? 0.5
                : options.Contains("negative", StringComparison.Ordinal) ? 0.2 : 0.3,
            clobbers: options.Contains("clobber", StringComparison.Ordinal),
            weights: options.Contains("weight", StringComparison.Ordinal),
            normalizes: options.Contains("normalize", StringComparison.Ordinal));
        Assert.Equal(expected.Labels, layer.Top);
        for (int top = 1; top < 4; top++)
        {
            float[] values = layer.Tops[top].Data.ToArray();
            for (int i = 0; i < values.Length; i++)
            {
                Assert.Equal(expected.Tops[top - 1][i], values[i], 1e-5f);
            }
        }

        Assert.Contains(1, expected.Labels);
        Assert.Contains(0, expected.Labels);
        Assert.Contains(-1, expected.Labels);
    }

    [Fact]
    public void OfEachKindARandomChoiceStays()
    {
        using LayerHarness all = Make($"{Small}, 'rpn_batchsize': 100000, 'rpn_positive_overlap': 0.3}}");
        all.Forward();
        float[] whole = all.Top;
        Assert.True(whole.Count(l => l == 1) > 4);
        float[] first = Labels(pass: 0, threads: 1), second = Labels(pass: 1, threads: 1);
        Assert.Equal(first, Labels(pass: 0, threads: 3));
        Assert.NotEqual(first, second);
        foreach (float[] labels in (float[][])[first, second])
        {
            Assert.Equal(4, labels.Count(l => l == 1));
            Assert.Equal(12, labels.Count(l => l == 0));
            Assert.All(labels.Zip(whole), pair => Assert.True(pair.First == -1 || pair.First == pair.Second));
        }

        float[] Labels(int pass, int threads)
        {
            using LayerHarness layer = Make(
                $"{Small}, 'rpn_batchsize': 16, 'rpn_fg_fraction': 0.25, 'rpn_positive_overlap': 0.3}}", threads);
            layer.Clock.Pass = pass;
            layer.Forward();
            Assert.All(layer.Tops[3].Data.ToArray(), w => Assert.True(w is 0 or 1 / 16f));
            return layer.Top;
        }
    }

    [Fact]
    public void WithoutObjectsAllIsBackground()
    {
        using LayerHarness layer = Make($"{Small}}}", objects: 0);
        layer.Forward();
        Assert.DoesNotContain(1, layer.Top);
        Assert.Contains(0, layer.Top);
        Assert.All(layer.Tops[1].Data.ToArray(), value => Assert.Equal(0, value));
        layer.Set(2, 4, 4, 1);
        layer.Forward();
        Assert.All(layer.Top, label => Assert.Equal(-1, label));
        Assert.All(layer.Tops[3].Data.ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void AnObjectThatTouchesNoAnchorHasNone()
    {
        using LayerHarness layer = Make("{'feat_stride': 8, 'ratios': [1], 'scales': [0.5]}", objects: 1);
        layer.Set(1, 90, 90, 99, 99, 1);
        layer.Forward();
        Assert.DoesNotContain(1, layer.Top);
    }

    [Fact]
    public void PassesAllocateNothing()
    {
        using LayerHarness layer = Make($"{Small}}}", threads: 1);
        Assert.Equal(0, Allocations.OnThisThread(layer.Forward));
    }

    [Theory]
    [InlineData("'feat_stride': 8, 'scales': []", "scales in param_str is []")]
    [InlineData("'feat_stride': 8, 'rpn_bbox_inside_weights': [1]", "rpn_bbox_inside_weights in param_str is [1]")]
    [InlineData("'feat_stride': 8, 'rpn_positive_weight': 1", "rpn_positive_weight in param_str is 1")]
    [InlineData("'feat_stride': 8, 'rpn_positive_overlap': 2", "'rpn_positive_overlap' is 2")]
    [InlineData(
        "'feat_stride': 8, 'rpn_normalize_targets': true, 'rpn_normalize_stds': [1, 1, 0, 1]", "is [1, 1, 0, 1]")]
    [InlineData("'feat_strid': 8", "unknown option 'feat_strid' of a Python layer")]
    public void AWrongParamStrIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Make($"{{{options}}}"));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal("layer.prototxt", exception.Diagnostics[0].Location?.File);
    }

    [Theory]
    [InlineData("2 6 7 9", "4 5", "1 3", "it needs [1, C, H, W]")]
    [InlineData("1 6 7 9", "4 6", "1 3", "it needs [G, 5]")]
    [InlineData("1 6 7 9", "4 5", "1 1", "it needs [1, 3]")]
    public void WrongShapesAreNamed(string scores, string objects, string image, string expected)
    {
        int[][] shapes =
            [.. ((string[])[scores, objects, image]).Select(s => s.Split(' ').Select(int.Parse).ToArray())];
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(Definition($"{Small}}}"), shapes, tops: 4));
        Assert.Contains(expected, exception.Diagnostics[0].Hint, StringComparison.Ordinal);
    }

    private static string Definition(string options) =>
        "type: 'Python' python_param { module: 'rpn.anchor_target_layer' layer: 'AnchorTargetLayer' "
        + $"param_str: \"{options}\" }}";

    private static LayerHarness Make(string options, int threads = 2, int objects = 4)
    {
        var layer = new LayerHarness(
            Definition(options),
            [[1, 6, Height, Width], [objects, 5], [1, 3], [1, 3, 4, 4]],
            tops: 4,
            threads: threads);
        layer.Set(1, [.. Objects.Take(objects).SelectMany(o => o)]);
        layer.Set(2, ImageHeight, ImageWidth, 1);
        return layer;
    }

    // The rules written plainly, over lists.
    private static Expected Compute(
        int border, double positive, double negative, bool clobbers, bool weights, bool normalizes)
    {
        var anchors = new List<(int At, int First, double[] Box)>();
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                for (int a = 0; a < 3; a++)
                {
                    double half = ((16 * Math.Pow(2, a - 1)) - 1) / 2, dx = 7.5 + (x * Stride), dy = 7.5 + (y * Stride);
                    double[] box = [dx - half, dy - half, dx + half, dy + half];
                    if (box[0] >= -border && box[1] >= -border
                        && box[2] < ImageWidth + border && box[3] < ImageHeight + border)
                    {
                        anchors.Add((
                            (((a * Height) + y) * Width) + x, (((4 * a * Height) + y) * Width) + x, box));
                    }
                }
            }
        }

        double[][] overlaps = [.. anchors.Select(a => Objects.Select(o => Overlap(a.Box, o)).ToArray())];
        double[] best = [.. Objects.Select((_, o) => overlaps.Max(row => row[o]))];
        int[] labels = [.. overlaps.Select(row =>
        {
            bool isObject = row.Max() >= positive || row.Where((v, o) => v > 0 && v == best[o]).Any();
            bool isBackground = row.Max() < negative;
            return (clobbers && isBackground) || (isBackground && !isObject) ? 0 : isObject ? 1 : -1;
        })];
        var expected = new Expected(
            [.. Enumerable.Repeat(-1f, 3 * Height * Width)],
            [.. Enumerable.Range(0, 3).Select(_ => new float[12 * Height * Width])]);
        int positives = labels.Count(l => l == 1), negatives = labels.Count(l => l == 0);
        for (int i = 0; i < anchors.Count; i++)
        {
            expected.Labels[anchors[i].At] = labels[i];
            double[] shifts = Shifts(anchors[i].Box, Objects[Array.IndexOf(overlaps[i], overlaps[i].Max())]);
            for (int k = 0; k < 4; k++)
            {
                int at = anchors[i].First + (k * Height * Width);
                double mean = k == 0 ? 0.1 : k == 2 ? -0.1 : 0;
                expected.Tops[0][at] = (float)(normalizes ? (shifts[k] - mean) / (k < 2 ? 0.1 : 0.2) : shifts[k]);
                expected.Tops[1][at] = labels[i] == 1 ? (weights ? k + 1 : 1) : 0;
                expected.Tops[2][at] = labels[i] < 0 ? 0
                    : !weights ? 1f / (positives + negatives)
                    : labels[i] == 1 ? 0.25f / positives : 0.75f / negatives;
            }
        }

        return expected;
    }

    private static double Overlap(double[] a, float[] b)
    {
        double width = Math.Min(a[2], b[2]) - Math.Max(a[0], b[0]) + 1;
        double height = Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]) + 1;
        double shared = width > 0 && height > 0 ? width * height : 0;
        double both = ((a[2] - a[0] + 1) * (a[3] - a[1] + 1)) + ((b[2] - b[0] + 1.0) * (b[3] - b[1] + 1.0));
        return shared / (both - shared);
    }

    private static double[] Shifts(double[] from, float[] to)
    {
        double width = from[2] - from[0] + 1, height = from[3] - from[1] + 1;
        double newWidth = to[2] - to[0] + 1.0, newHeight = to[3] - to[1] + 1.0;
        return
        [
            (to[0] + (newWidth / 2) - from[0] - (width / 2)) / width,
            (to[1] + (newHeight / 2) - from[1] - (height / 2)) / height,
            Math.Log(newWidth / width),
            Math.Log(newHeight / height),
        ];
    }

    private sealed record Expected(float[] Labels, float[][] Tops);
}
