using Cnn.Proto;

namespace Cnn.Tests.Layers.Detection;

[Trait("Category", "Unit")]
public class DetectionEvaluateLayerTests
{
    private static readonly float[] Found =
    [
        1, 2, 0.4f, 0, 0, 0.5f, 0.5f,
        0, 1, 0.3f, 0.1f, 0.1f, 0.5f, 0.5f,
        0, 1, 0.8f, 0.1f, 0.1f, 0.5f, 0.5f,
        0, 1, 0.9f, 0.6f, 0.6f, 0.9f, 0.9f,
        -1, 1, 0.9f, 0, 0, 1, 1,
        2, -1, -1, -1, -1, -1, -1,
    ];

    private static readonly float[] Objects =
    [
        0, 1, 0, 0.1f, 0.1f, 0.5f, 0.5f, 0,
        0, 1, 1, 0.6f, 0.6f, 0.9f, 0.95f, 1,
        -1, 1, 0, 0, 0, 1, 1, 0,
        1, 2, 0, 0, 0, 0.5f, 0.5f, 0,
    ];

    [Fact]
    public void DetectionsAreRightOncePerObject()
    {
        using LayerHarness harness = Make("");
        harness.Forward();
        Assert.Equal(
            [
                -1, 1, 2, -1, -1,
                -1, 2, 0, -1, -1,
                0, 1, 0.9f, 1, 0,
                0, 1, 0.8f, 1, 0,
                0, 1, 0.3f, 0, 1,
                1, 2, 0.4f, 0, 1,
            ],
            harness.Top);
        Assert.Equal([1, 1, 6, 5], harness.Tops[0].Shape.ToArray());
        Assert.Equal(0, Allocations.OnThisThread(harness.Forward));
        Assert.False(harness.Layer.HasGradient);
    }

    [Fact]
    public void DifficultObjectsNeedNotCount()
    {
        using LayerHarness harness = Make("evaluate_difficult_gt: false");
        harness.Forward();
        Assert.Equal([-1, 1, 1, -1, -1], harness.Top[..5]);
        Assert.Equal([0, 1, 0.9f, 0, 0], harness.Top[10..15]);
    }

    [Fact]
    public void SizesFromAFileCompareInPixels()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "sizes.txt");
        File.WriteAllLines(file, ["a 10 10", "b 20 10", "c 5 5"]);
        using LayerHarness harness = Make($"name_size_file: '{file.Replace('\\', '/')}' overlap_threshold: 0.9");
        harness.Forward();

        // 4 x 4.5 pixels of 4 x 4 and 4 x 4.5 in the first image.
        Assert.Equal([0, 1, 0.9f, 0, 1], harness.Top[10..15]);
        Assert.Equal([0, 1, 0.8f, 1, 0], harness.Top[15..20]);
        File.WriteAllLines(file, ["a ten 10"]);
        var exception = Assert.Throws<CnnException>(() => Make($"name_size_file: '{file}'").Dispose());
        Assert.Contains("'a ten 10' is not such a line", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("num_classes: 0", "num_classes is 0")]
    [InlineData("overlap_threshold: -1", "overlap_threshold is -1")]
    [InlineData("name_size_file: 'no such'", "cannot be read from 'no such'")]
    public void WrongOptionsAreNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Make(options).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void TheBackgroundIsNoObject(int bottom)
    {
        using LayerHarness harness = Make("");
        harness.Bottoms[bottom].Data[1] = 0;
        var exception = Assert.Throws<CnnException>(harness.Forward);
        Assert.Contains($"'bottom{bottom}' holds a box of class 0", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RowsHaveTheirLength()
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(
            "type: 'DetectionEvaluate' detection_evaluate_param { num_classes: 3 }", [[1, 1, 6, 7], [1, 1, 4, 7]])
            .Dispose());
        Assert.Contains("bottom 'bottom1' has shape 1 1 4 7 (28)", exception.Message, StringComparison.Ordinal);
    }

    private static LayerHarness Make(string options)
    {
        string classes = options.Contains("num_classes", StringComparison.Ordinal) ? "" : "num_classes: 3";
        return new LayerHarness(
            $"type: 'DetectionEvaluate' detection_evaluate_param {{ {classes} {options} }}",
            [[1, 1, 6, 7], [1, 1, 4, 8]],
            phase: Phase.Test, prepare: h =>
            {
                h.Set(0, Found);
                h.Set(1, Objects);
            });
    }
}
