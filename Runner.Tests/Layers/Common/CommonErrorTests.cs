using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

[Trait("Category", "Unit")]
public class CommonErrorTests
{
    public static TheoryData<string, int[][], int, string> Wrong => new()
    {
        { "type: 'Concat'", [[2, 3], [3, 3]], 1, "bottom 'bottom1' has shape 3 3 (9), bottom 'bottom0' 2 3 (6)" },
        { "type: 'Concat' concat_param { axis: 2 }", [[2, 3]], 1, "axis 2 does not exist" },
        { "type: 'Concat' concat_param { axis: 1 concat_dim: 1 }", [[2, 3]], 1, "axis and concat_dim are both given" },
        { "type: 'Slice'", [[2, 3]], 2, "cannot be cut into 2 equal pieces" },
        { "type: 'Slice' slice_param { slice_point: 1 slice_point: 1 }", [[2, 3]], 3, "slice_point 1 is out of order" },
        { "type: 'Slice' slice_param { slice_point: 4 }", [[2, 3]], 2, "slice_point 4 is out of order or outside" },
        { "type: 'Slice' slice_param { slice_point: 1 }", [[2, 3]], 3, "slice_point is given 1 times for 3 tops" },
        { "type: 'Flatten' flatten_param { axis: 1 end_axis: 0 }", [[2, 3]], 1, "end_axis 0 is before axis 1" },
        { "type: 'Flatten' flatten_param { axis: 2 }", [[2, 3]], 1, "axis 2 does not exist" },
        { "type: 'Reshape' reshape_param { shape { dim: 5 } }", [[2, 3]], 1, "the shape 5 needs 5 values" },
        { "type: 'Reshape' reshape_param { shape { dim: -1 dim: -1 } }", [[2, 3]], 1, "-1 is given twice" },
        { "type: 'Reshape' reshape_param { shape { dim: 4 dim: -1 } }", [[2, 3]], 1, "-1 cannot be found" },
        { "type: 'Reshape' reshape_param { shape { dim: 2 dim: 3 dim: 0 } }", [[2, 3]], 1, "dim 0 asks for axis 2" },
        { "type: 'Reshape' reshape_param { axis: 3 }", [[2, 3]], 1, "axis 3 does not exist" },
        { "type: 'Reshape' reshape_param { axis: 1 num_axes: 2 }", [[2, 3]], 1, "num_axes 2 from axis 1 on" },
        { "type: 'Tile'", [[2, 3]], 1, "tiles is 0" },
        { "type: 'Tile' tile_param { tiles: 2000000000 }", [[2, 3]], 1, "tiles is 2000000000" },
        { "type: 'Eltwise'", [[2, 3], [3, 2]], 1, "the bottoms need one shape" },
        { "type: 'Eltwise' eltwise_param { coeff: 1 }", [[2], [2]], 1, "coeff is given 1 times for 2 bottoms" },
        { "type: 'Eltwise' eltwise_param { operation: PROD coeff: 1 coeff: 1 }", [[2], [2]], 1, "no meaning for PROD" },
        { "type: 'Reduction' reduction_param { axis: 3 }", [[2, 3]], 1, "axis 3 does not exist" },
        { "type: 'Scale' scale_param { axis: 1 num_axes: 2 }", [[2, 3]], 1, "num_axes is 2 from axis 1 on" },
        { "type: 'Scale'", [[2, 3, 4], [4]], 1, "bottom 'bottom1' has shape 4 (4), bottom 'bottom0' 2 3 4 (24)" },
        { "type: 'Bias' bias_param { axis: 3 }", [[2, 3]], 1, "axis 3 does not exist" },
        { "type: 'Embed' embed_param { input_dim: 3 }", [[2]], 1, "num_output is 0" },
        { "type: 'Embed' embed_param { num_output: 3 }", [[2]], 1, "input_dim is 0" },
        { "type: 'ArgMax' argmax_param { top_k: 4 }", [[2, 3]], 1, "top_k is 4" },
        { "type: 'BatchReindex'", [[2, 3], [2, 1]], 1, "the second is one axis of indices" },
        { "type: 'Filter'", [[2, 3], [3]], 1, "they need the same number of items" },
        { "type: 'Filter'", [[2, 3], [2, 2]], 1, "the selector has one value an item" },
        { "type: 'Filter'", [[2, 3], [2, 3], [2]], 1, "1 tops for 3 bottoms" },
        { "type: 'Parameter' parameter_param { shape { dim: 100000 dim: 100000 } }", [], 1, "impossible or too large" },
        {
            "type: 'Crop' crop_param { offset: 1 offset: 1 offset: 1 }", [[1, 1, 4, 4], [1, 1, 2, 2]], 1,
            "offset is given 3 times for 2 axes"
        },
        {
            "type: 'Crop' crop_param { offset: 3 }", [[1, 1, 4, 4], [1, 1, 2, 2]], 1,
            "offset 3 and size 2 on axis 2 go past"
        },
        { "type: 'Crop'", [[1, 1, 4, 4], [2, 2]], 1, "a size to each axis of the first" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void AWrongConfigurationIsNamedAndLocated(string definition, int[][] bottoms, int tops, string expected)
    {
        var exception = Assert.Throws<CnnException>(() => new LayerHarness(definition, bottoms, tops).Dispose());
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal("layer", exception.Diagnostics[0].Layer);
        Assert.NotNull(exception.Diagnostics[0].Location);
    }

    [Theory]
    [InlineData("type: 'Embed' embed_param { num_output: 2 input_dim: 3 }", 0, 4)]
    [InlineData("type: 'BatchReindex'", 1, 3)]
    public void AnIndexOutOfRangeIsNamedWithItsPlace(string definition, int bottom, int places)
    {
        foreach (float wrong in new[] { 3, -1, float.NaN, float.PositiveInfinity, 1e20f })
        {
            using var harness = new LayerHarness(
                definition, bottom == 0 ? [[places]] : [[3, 2], [places]],
                prepare: h => h.Bottoms[bottom].Data.Clear());
            harness.Bottoms[bottom].Data[places - 1] = wrong;
            var exception = Assert.Throws<CnnException>(harness.Forward);
            Assert.Contains(
                $"value {places - 1} of bottom 'bottom{bottom}' is {wrong}, not an index", exception.Message,
                StringComparison.Ordinal);
        }
    }
}
