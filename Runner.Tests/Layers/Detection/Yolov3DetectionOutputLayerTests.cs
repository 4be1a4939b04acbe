using Cnn.Proto;

namespace Cnn.Tests.Layers.Detection;

[Trait("Category", "Unit")]
public class Yolov3DetectionOutputLayerTests
{
    private const string OneMap = "num_classes: 2 num_box: 1 mask_group_num: 1 anchors_scale: 8 biases: 16 biases: 32 "
        + "biases: 4 biases: 8 mask: 1 confidence_threshold: 0.2";

    [Fact]
    public void EveryClassAboveTheThresholdIsABox()
    {
        using var harness = Make(OneMap + " nms_threshold: 2", [1, 7, 1, 2]);
        harness.Bottoms[0].Data.Fill(-20);
        for (int entry = 0; entry < 7; entry++)
        {
            harness.Bottoms[0].Data[(2 * entry) + 1] = entry == 4 ? 20 : 0;
        }

        harness.Bottoms[0].Data[11] = -1;
        harness.Forward();
        Assert.Equal([1, 1, 2, 7], harness.Tops[0].Shape.ToArray());

        // Centre (1.5 / 2, 0.5), sides 4 / 16 and 8 / 8.
        float[] expected =
        [
            0, 2, 0.5f, 0.625f, 0, 0.875f, 1, 0, 1, 1 / (1 + MathF.Exp(1)), 0.625f, 0, 0.875f, 1,
        ];
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], harness.Top[i], 1e-6);
        }
    }

    [Fact]
    public void PassesAllocateNothing()
    {
        using var harness = Make(OneMap, [1, 7, 9, 9]);
        Assert.Equal(0, Allocations.OnThisThread(harness.Forward));
    }

    [Theory]
    [InlineData("num_box: 1", "num_classes is missing")]
    [InlineData("num_classes: 2 num_box: 1", "mask_group_num is 2 for 1 bottoms")]
    [InlineData("num_classes: 2 num_box: 1 mask_group_num: 1", "anchors_scale is given 0 times for 1 bottoms")]
    [InlineData("num_classes: 2 num_box: 1 mask_group_num: 1 anchors_scale: 8", "mask is given 0 times for 1 bottoms")]
    [InlineData(
        "num_classes: 2 num_box: 1 mask_group_num: 1 anchors_scale: 8 mask: 1 biases: 1 biases: 1",
        "mask 1 is none of the 1 anchors in biases")]
    [InlineData("num_classes: 2 gaussian_box: true", "gaussian_box does not run here")]
    [InlineData(
        "num_classes: 3 num_box: 1 mask_group_num: 1 anchors_scale: 8 mask: 0 biases: 1 biases: 1",
        "for num_box 1 and num_classes 3")]
    public void AWrongConfigurationIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => Make(options, [1, 7, 2, 2]));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    private static LayerHarness Make(string options, int[] map) => new(
        $"type: 'Yolov3DetectionOutput' yolov3_detection_output_param {{ {options} }}", [map], phase: Phase.Test);
}
