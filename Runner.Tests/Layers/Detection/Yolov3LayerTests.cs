using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Detection;

public class Yolov3LayerTests
{
    private const int Height = 3;
    private const int Width = 4;
    private const int Classes = 3;

    // Anchors of 8 pixels a cell: 32 x 24 pixels in all.
    private const string Sizes =
        "num_class: 3 num: 2 mask: 1 mask: 2 anchors_scale: 8 biases: 4 biases: 3 biases: 10 biases: 8 biases: 20 "
        + "biases: 18 coord_scale: 2 class_scale: 1.5 object_scale: 5 thresh: 0.4";

    // (class, x, y, w, h): the best anchors are 1, 2 and 0, which is not this map's.
    private static readonly float[] Centers =
    [
        0, 0.3f, 0.4f, 0.3f, 0.3f,
        2, 0.7f, 0.6f, 0.6f, 0.7f,
        1, 0.9f, 0.1f, 0.1f, 0.1f,
        0, 0, 0, 0, 0,
    ];

    [Theory]
    [InlineData("label_smooth_eps: 0")]
    [InlineData("")]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfCrossEntropiesAndSquares(string options)
    {
        using LayerHarness harness = Make(options);
        harness.Forward();
        harness.Tops[0].Diff[0] = 2;
        harness.Backward(0);
        float[] gradient = harness.Bottoms[0].Diff.ToArray();
        Assert.Equal(gradient.Sum(d => d * d) / 2, harness.Top[0], 1e-3);
        double eps = options.Length > 0 ? 0 : 0.1;
        Blob map = harness.Bottoms[0];
        for (int i = 0; i < map.Count; i++)
        {
            float value = map.Data[i];
            map.Data[i] = value + 1e-3f;
            double above = Objective(map.Data, gradient, eps);
            map.Data[i] = value - 1e-3f;
            double below = Objective(map.Data, gradient, eps);
            map.Data[i] = value;
            Assert.Equal((above - below) / 2e-3, gradient[i], 1e-2);
        }

        harness.AssertAllocatesNothing(0);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AnchorsThatAreLikeAnObjectAreMatchedToo()
    {
        using LayerHarness many = Make("iou_thresh: 0.09");
        using LayerHarness one = Make("iou_thresh: 1");
        foreach (LayerHarness harness in new[] { many, one })
        {
            harness.Forward();
            harness.Tops[0].Diff[0] = 2;
            harness.Backward(0);
        }

        // The first object's other box, and the third object's.
        Assert.Equal(0, one.Bottoms[0].Diff[At(0, 1, 5, 5)]);
        Assert.NotEqual(0, many.Bottoms[0].Diff[At(0, 1, 5, 5)]);
        Assert.Equal(0, one.Bottoms[0].Diff[At(0, 0, 5, 3)]);
        Assert.NotEqual(0, many.Bottoms[0].Diff[At(0, 0, 5, 3)]);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WithTheLogicGradientSlopesAndTheObjectsScaleComeIn()
    {
        using LayerHarness plain = Make("");
        using LayerHarness logic = Make("use_logic_gradient: true");
        foreach (LayerHarness harness in new[] { plain, logic })
        {
            harness.Forward();
            harness.Tops[0].Diff[0] = 2;
            harness.Backward(0);
        }

        for (int i = 0; i < plain.Bottoms[0].Count; i++)
        {
            int kind = i / (Height * Width) % (5 + Classes);
            float p = 1 / (1 + MathF.Exp(-plain.Bottoms[0].Data[i])), d = plain.Bottoms[0].Diff[i];
            float factor = kind is 2 or 3 ? 1 : kind == 4 && d < 0 ? 5 * p * (1 - p) : p * (1 - p);
            Assert.Equal(d * factor, logic.Bottoms[0].Diff[i], 1e-5f);
        }
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheFocalLossMultipliesTheClassesByOneFactor()
    {
        using LayerHarness plain = Make("label_smooth_eps: 0 iou_thresh: 1");
        using LayerHarness focal = Make("use_focal_loss: true iou_thresh: 1");
        foreach (LayerHarness harness in new[] { plain, focal })
        {
            harness.Forward();
            harness.Tops[0].Diff[0] = 2;
            harness.Backward(0);
        }

        int cell = (1 * Width) + 1;
        double p = Sigmoid(plain.Bottoms[0].Data[At(0, 0, 5, cell)]);
        double factor = -0.5 * (1 - p) * ((2 * p * Math.Log(p)) + p - 1);
        for (int c = 0; c < Classes; c++)
        {
            int i = At(0, 0, 5 + c, cell);
            Assert.Equal(plain.Bottoms[0].Diff[i] * factor, focal.Bottoms[0].Diff[i], 1e-5);
        }
    }

    [Theory]
    [InlineData("iou_loss: GIOU", "iou_loss other than MSE")]
    [InlineData("mask: 3", "does not name 2 of the 3 anchors")]
    [InlineData("biases: -1 biases: 2", "are not the sides of 4 anchors")]
    [Trait("Category", "Unit")]
    public void WrongOptionsAreNamed(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Make(options).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    private static LayerHarness Make(string options) => new(
        $"type: 'Yolov3' yolov3_param {{ {Sizes} {options} }}", [[2, 2 * (5 + Classes), Height, Width], [2, 1, 4, 5]],
        threads: 1, prepare: h =>
        {
            LayerHarness.Fill(h.Bottoms[0].Data, 7, -1.5f, 1.5f);
            h.Bottoms[1].Data.Clear();
            Centers.CopyTo(h.Bottoms[1].Data);
        });

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static int At(int item, int box, int value, int cell) =>
        (((((item * 2) + box) * (5 + Classes)) + value) * Height * Width) + cell;

    private static double CrossEntropy(double x, double target) =>
        -(target * Math.Log(Sigmoid(x))) - ((1 - target) * Math.Log(1 - Sigmoid(x)));

    private static double Objective(Span<float> x, float[] gradient, double eps)
    {
        double sum = 0;
        var matches = new Dictionary<(int, int, int), float[]>
        {
            [(0, 0, Width + 1)] = Centers[..5], [(0, 1, Width + 2)] = Centers[5..10],
        };
        for (int i = 0; i < 2 * 2 * Height * Width; i++)
        {
            int item = i / (2 * Height * Width), box = i / (Height * Width) % 2, cell = i % (Height * Width);
            double isObject = x[At(item, box, 4, cell)];
            if (!matches.TryGetValue((item, box, cell), out float[]? truth))
            {
                sum += gradient[At(item, box, 4, cell)] == 0 ? 0 : CrossEntropy(isObject, 0);
                continue;
            }

            sum += CrossEntropy(isObject, 1);
            double scale = 2 * (2 - (truth[3] * truth[4]));
            double[] anchor = box == 0 ? [10, 8] : [20, 18];
            sum += scale * CrossEntropy(x[At(item, box, 0, cell)], (truth[1] * Width) - (cell % Width));
            sum += scale * CrossEntropy(x[At(item, box, 1, cell)], (truth[2] * Height) - (cell / Width));
            sum += scale * Square(x[At(item, box, 2, cell)] - Math.Log(truth[3] * Width * 8 / anchor[0])) / 2;
            sum += scale * Square(x[At(item, box, 3, cell)] - Math.Log(truth[4] * Height * 8 / anchor[1])) / 2;
            for (int c = 0; c < Classes; c++)
            {
                double target = ((c == truth[0] ? 1 : 0) * (1 - eps)) + (0.5 * eps);
                sum += 1.5 * CrossEntropy(x[At(item, box, 5 + c, cell)], target);
            }
        }

        return sum;
    }

    private static double Square(double x) => x * x;
}
