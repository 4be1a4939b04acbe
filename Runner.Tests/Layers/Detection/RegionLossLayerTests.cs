using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Detection;

public class RegionLossLayerTests
{
    private const int Side = 4;
    private const int Classes = 3;
    private const int Boxes = 2;

    private const string Sizes =
        "side: 4 num_class: 3 num: 2 biases: 1.2 biases: 0.9 biases: 2.5 biases: 3 object_scale: 5 noobject_scale: 0.7 "
        + "class_scale: 1.5 coord_scale: 2 thresh: 0.4 ";

    // (item, class, instance, corners, difficult): two in one cell of image 0, one in image 1, one that does not count.
    private static readonly float[] Corners =
    [
        0, 1, 0, 0.1f, 0.2f, 0.4f, 0.5f, 0,
        0, 3, 0, 0.6f, 0.3f, 0.95f, 0.99f, 0,
        -1, 9, 0, 0, 0, 1, 1, 0,
        1, 2, 0, 0.0f, 0.55f, 0.35f, 0.85f, 1,
        0, 2, 0, 0.15f, 0.22f, 0.38f, 0.5f, 0,
    ];

    // (class, x, y, w, h) of two images.
    private static readonly float[] Centers =
    [
        0, 0.25f, 0.35f, 0.3f, 0.3f,
        2, 0.775f, 0.645f, 0.35f, 0.69f,
        0, 0, 0, 0, 0,
        1, 0.175f, 0.7f, 0.35f, 0.3f,
        0, 0, 0, 0, 0,
        1, 0.5f, 0.5f, 0.5f, 0.5f,
    ];

    /// <summary>Options, and whether the objects are SSD's rows.</summary>
    public static TheoryData<string, bool> Kinds => new()
    {
        { "", true },
        { "bias_match: 0", true },
        { "", false },
        { "rescore: 0", false },
        { "rescore: 0 bias_match: 0", false },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    [Trait("Category", "Unit")]
    public void TheGradientsAreThoseOfTheRuleAndTheLossIsTheirSquares(string options, bool isIntels)
    {
        using LayerHarness harness = Make(options, isIntels);
        harness.Forward();
        double[] expected = Expected(harness, isIntels, !options.Contains("bias_match: 0", StringComparison.Ordinal),
            !options.Contains("rescore: 0", StringComparison.Ordinal));
        Assert.Equal(expected.Sum(d => d * d) / (isIntels ? 1 : 2), harness.Top[0], 1e-3);
        harness.Tops[0].Diff[0] = 3;
        harness.Backward(0);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i] * 3 / 2, harness.Bottoms[0].Diff[i], 1e-5);
        }

        harness.AssertAllocatesNothing(0);
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void OfIntelsRuleTheGradientsAreTheDerivativeOfAnotherFunction()
    {
        using LayerHarness harness = Make("", true);
        harness.Forward();
        harness.Tops[0].Diff[0] = 2;
        harness.Backward(0);
        float[] gradient = harness.Bottoms[0].Diff.ToArray();
        Blob map = harness.Bottoms[0];
        for (int i = 0; i < map.Count; i++)
        {
            float value = map.Data[i];
            map.Data[i] = value + 1e-3f;
            double above = Objective(harness, gradient);
            map.Data[i] = value - 1e-3f;
            double below = Objective(harness, gradient);
            map.Data[i] = value;
            Assert.Equal((above - below) / 2e-3, gradient[i], 2e-2);
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WithoutObjectsOnlyTheObjectnessIsLearned()
    {
        using LayerHarness harness = Make("", true);
        harness.Bottoms[1].Data.Fill(-1);
        harness.Forward();
        harness.Tops[0].Diff[0] = 1;
        harness.Backward(0);
        for (int i = 0; i < harness.Bottoms[0].Count; i++)
        {
            Assert.Equal(i / (Side * Side) % (5 + Classes) == 4, harness.Bottoms[0].Diff[i] != 0);
        }
    }

    [Theory]
    [InlineData("side: 5", "side is 5")]
    [InlineData("num_class: 4", "num_class 4")]
    [InlineData("coords: 5", "coords is 5")]
    [InlineData("num: 3", "are not the sides of 3 anchors")]
    [InlineData("softmax_tree: 'tree'", "softmax_tree does not run here")]
    [InlineData("class_map: 'map'", "class_map does not run here")]
    [Trait("Category", "Unit")]
    public void WrongOptionsAreNamed(string options, string expected)
    {
        string name = options[..options.IndexOf(':', StringComparison.Ordinal)];
        string rest = System.Text.RegularExpressions.Regex.Replace(Sizes, $@"\b{name}: \S+ ", "");
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            $"type: 'RegionLoss' region_loss_param {{ {rest} {options} }}", [[2, 16, 4, 4], [1, 1, 5, 8]]).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void ObjectsOfOtherShapesOrClassesAreAnError()
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            $"type: 'RegionLoss' region_loss_param {{ {Sizes} }}", [[2, 16, 4, 4], [2, 7]]).Dispose());
        Assert.Contains("'bottom1' has shape 2 7 (14)", exception.Message, StringComparison.Ordinal);
        using LayerHarness harness = Make("", true);
        harness.Bottoms[1].Data[9] = 4;
        exception = Assert.Throws<CnnException>(harness.Forward);
        Assert.Contains("object 1 of 'bottom1' is of class 4", exception.Message, StringComparison.Ordinal);
    }

    private static LayerHarness Make(string options, bool isIntels) => new(
        $"type: 'RegionLoss' region_loss_param {{ {Sizes} {options} }}",
        [[2, Boxes * (5 + Classes), Side, Side], isIntels ? [1, 1, 5, 8] : [2, 1, 3, 5]],
        threads: 1, prepare: h =>
        {
            LayerHarness.Fill(h.Bottoms[0].Data, 7, -1.5f, 1.5f);
            h.Set(1, isIntels ? Corners : Centers);
        });

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static int At(int item, int box, int value, int cell) =>
        (((item * Boxes * (5 + Classes)) + (box * (5 + Classes)) + value) * Side * Side) + cell;

    private static (int Item, int Label, double[] Box)[] Objects(bool isIntels) => isIntels
        ?
        [
            .. Corners.Chunk(8).Where(r => r[0] >= 0).Select(r => (
                (int)r[0], (int)r[1] - 1,
                new double[] { (r[3] + r[5]) / 2, (r[4] + r[6]) / 2, r[5] - r[3], r[6] - r[4] })),
        ]
        :
        [
            (0, 0, [0.25f, 0.35f, 0.3f, 0.3f]),
            (0, 2, [0.775f, 0.645f, 0.35f, 0.69f]),
            (1, 1, [0.175f, 0.7f, 0.35f, 0.3f]),
        ];

    private static double Overlap(double[] a, double[] b)
    {
        double Shared(int axis) => Math.Min(a[axis] + (a[axis + 2] / 2), b[axis] + (b[axis + 2] / 2))
            - Math.Max(a[axis] - (a[axis + 2] / 2), b[axis] - (b[axis + 2] / 2));
        double shared = Math.Max(0, Shared(0)) * Math.Max(0, Shared(1));
        return shared / ((a[2] * a[3]) + (b[2] * b[3]) - shared);
    }

    private static readonly double[] Anchors = [1.2, 0.9, 2.5, 3];

    private static double[] Box(Span<float> x, int item, int box, int cell) =>
    [
        ((cell % Side) + Sigmoid(x[At(item, box, 0, cell)])) / Side,
        ((cell / Side) + Sigmoid(x[At(item, box, 1, cell)])) / Side,
        Math.Exp(x[At(item, box, 2, cell)]) * Anchors[2 * box] / Side,
        Math.Exp(x[At(item, box, 3, cell)]) * Anchors[(2 * box) + 1] / Side,
    ];

    private static (int Cell, int Box) Match(Span<float> x, int item, double[] truth, bool biasMatch)
    {
        int cell = ((int)(truth[1] * Side) * Side) + (int)(truth[0] * Side), best = 0;
        double most = 0;
        for (int box = 0; box < Boxes; box++)
        {
            double[] size = biasMatch
                ? [0, 0, Anchors[2 * box] / Side, Anchors[(2 * box) + 1] / Side]
                : [0, 0, .. Box(x, item, box, cell)[2..]];
            double overlap = Overlap(size, [0, 0, truth[2], truth[3]]);
            (best, most) = overlap > most ? (box, overlap) : (best, most);
        }

        return (cell, best);
    }

    // The rule of either fork, one number at a time.
    private static double[] Expected(LayerHarness harness, bool isIntels, bool biasMatch, bool rescore)
    {
        Span<float> x = harness.Bottoms[0].Data;
        var delta = new double[x.Length];
        for (int item = 0; item < 2; item++)
        {
            for (int i = 0; i < Boxes * Side * Side; i++)
            {
                var (box, cell) = (i / (Side * Side), i % (Side * Side));
                double[] found = Box(x, item, box, cell);
                double best = Objects(isIntels).Where(o => o.Item == item).Max(o => Overlap(found, o.Box));
                double p = Sigmoid(x[At(item, box, 4, cell)]);
                delta[At(item, box, 4, cell)] = best > 0.4 ? 0 : 0.7 * p * p * (1 - p);
            }

            foreach (var (_, label, truth) in Objects(isIntels).Where(o => o.Item == item))
            {
                var (cell, box) = Match(x, item, truth, biasMatch);
                double scale = isIntels || rescore ? 2 : 2 * (2 - (truth[2] * truth[3]));
                double Cut(double d) => isIntels ? Math.Clamp(d, -1, 1) : d;
                for (int k = 0; k < 2; k++)
                {
                    double s = Sigmoid(x[At(item, box, k, cell)]);
                    double place = (truth[k] * Side) - (k == 0 ? cell % Side : cell / Side);
                    delta[At(item, box, k, cell)] = scale * Cut(s - place) * s * (1 - s);
                    double size = Math.Log(truth[2 + k] * Side / Anchors[(2 * box) + k]);
                    delta[At(item, box, 2 + k, cell)] = scale * Cut(x[At(item, box, 2 + k, cell)] - size);
                }

                double p = Sigmoid(x[At(item, box, 4, cell)]);
                double target = rescore ? Overlap(Box(x, item, box, cell), truth) : 1;
                delta[At(item, box, 4, cell)] =
                    -5 * (isIntels ? 2 * Math.Pow(1 - p, 3) : target - p) * p * (1 - p);
                double sum = 0;
                for (int c = 0; c < Classes; c++)
                {
                    sum += Math.Exp(x[At(item, box, 5 + c, cell)]);
                }

                for (int c = 0; c < Classes; c++)
                {
                    delta[At(item, box, 5 + c, cell)] =
                        1.5 * ((Math.Exp(x[At(item, box, 5 + c, cell)]) / sum) - (c == label ? 1 : 0));
                }
            }
        }

        return delta;
    }

    // What Intel's gradients are the derivative of: squares of p and 1 - p, smooth L1 losses, logarithms of the shares.
    private static double Objective(LayerHarness harness, float[] gradient)
    {
        Span<float> x = harness.Bottoms[0].Data;
        double sum = 0;
        var matches = new Dictionary<(int Item, int Cell, int Box), (int Label, double[] Truth)>();
        foreach (var (item, label, truth) in Objects(true))
        {
            var (cell, box) = Match(x, item, truth, true);
            matches[(item, cell, box)] = (label, truth);
        }

        for (int i = 0; i < 2 * Boxes * Side * Side; i++)
        {
            int item = i / (Boxes * Side * Side), box = i / (Side * Side) % Boxes, cell = i % (Side * Side);
            double p = Sigmoid(x[At(item, box, 4, cell)]);
            if (!matches.TryGetValue((item, cell, box), out var match))
            {
                sum += gradient[At(item, box, 4, cell)] == 0 ? 0 : 0.7 * p * p / 2;
                continue;
            }

            sum += 5 * Math.Pow(1 - p, 4) / 2;
            double shares = 0;
            for (int c = 0; c < Classes; c++)
            {
                shares += Math.Exp(x[At(item, box, 5 + c, cell)]);
            }

            sum -= 1.5 * Math.Log(Math.Exp(x[At(item, box, 5 + match.Label, cell)]) / shares);
            for (int k = 0; k < 2; k++)
            {
                double place = (match.Truth[k] * Side) - (k == 0 ? cell % Side : cell / Side);
                double size = Math.Log(match.Truth[2 + k] * Side / Anchors[(2 * box) + k]);
                sum += 2 * SmoothL1(Sigmoid(x[At(item, box, k, cell)]) - place);
                sum += 2 * SmoothL1(x[At(item, box, 2 + k, cell)] - size);
            }
        }

        return sum;
    }

    private static double SmoothL1(double d) => Math.Abs(d) < 1 ? d * d / 2 : Math.Abs(d) - 0.5;
}
