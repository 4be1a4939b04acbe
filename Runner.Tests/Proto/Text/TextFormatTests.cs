using Cnn.Proto;

namespace Cnn.Tests.Proto.Text;

public class TextFormatTests
{
    [Fact]
    public void EverySpellingOfAValueIsRead()
    {
        var net = TextFormat.Parse<NetParameter>(
            """
            # a comment
            name: "a" 'b' "\x63\144\n\u00e9" force_backward: t;
            input_dim: [1, 0x10, 010] input_dim: 3,
            input: ["x", 'y']
            state < phase: 1 level: -3 stage: "s" >
            layer: { name: "l" loss_weight: [1., .5, 2f, 1e-3, -inf] loss_weight: nan
              convolution_param { kernel_size: 3 kernel_size: 5 weight_filler { type: "msra" variance_norm: FAN_OUT } } }
            input_shape [{ dim: 1 }, { dim: 2 dim: 3 }]
            """,
            "net.prototxt");
        Assert.Equal("abcd\né", net.Name);
        Assert.True(net.ForceBackward);
        Assert.Equal([1, 16, 8, 3], net.InputDim);
        Assert.Equal(["x", "y"], net.Input);
        Assert.Equal((Phase.Test, -3), (net.State.Phase, net.State.Level));
        Assert.Equal([1f, 0.5f, 2f, 0.001f, float.NegativeInfinity, float.NaN], net.Layer[0].LossWeight);
        Assert.Equal(FillerParameter.Types.VarianceNorm.FanOut, net.Layer[0].ConvolutionParam.WeightFiller.VarianceNorm);
        Assert.Equal([1L, 2L, 3L], net.InputShape.SelectMany(s => s.Dim));
    }

    [Fact]
    public void ThePrintedTextReadsBackAsTheSameMessage()
    {
        var net = TextFormat.Parse<NetParameter>(
            """
            name: "quote \" tab \t"
            layer { name: "p" type: "Mine" plugin_param { scale: 0.5 mode: FAST names: ["a", "b\n"] inner { depth: -2 } }
              blobs { shape { dim: 2 } data: [0.1, 3.4028235e38] } pooling_param { kernel_size: 0 pool: MAX } }
            """,
            "net.prototxt");
        string printed = TextFormat.Print(net);
        Assert.Equal(net, TextFormat.Parse<NetParameter>(printed, "printed"));
        Assert.Contains("pool: MAX", printed, StringComparison.Ordinal);
        Assert.Contains("depth: -2", printed, StringComparison.Ordinal);
        Assert.DoesNotContain("stride", printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("layer { convolution_param { num_outputs: 3 } }", "f:1:29: unknown field 'num_outputs' in ConvolutionParameter; did you mean 'num_output'?")]
    [InlineData("name: \"a\"\nname: \"b\"", "f:2:1: field 'name' of NetParameter is given twice")]
    [InlineData("state { } state { }", "f:1:11: field 'state' of NetParameter is given twice")]
    [InlineData("layer { pooling_param { pool: MAXX } }", "f:1:31: unknown PoolMethod 'MAXX'; did you mean 'MAX'?")]
    [InlineData("input_dim: 3000000000", "f:1:12: 3000000000 is out of the range of int32")]
    [InlineData("layer { pooling_param { stride: -1 } }", "f:1:33: -1 is out of the range of uint32")]
    [InlineData("layer {", "f:1:8: the file ends inside a message; '}' is missing")]
    [InlineData("name: \"open", "f:1:7: expected a quoted string for 'name', found a string without its closing quote")]
    [InlineData("name 3", "f:1:6: expected ':' after 'name', found '3'")]
    [InlineData("name: [\"a\"]", "f:1:1: field 'name' takes one value, not a list")]
    [InlineData("layer { clip_param { min: 1 } }", "f:1:9: required field 'max' of ClipParameter is missing")]
    [InlineData("force_backward: maybe", "f:1:17: expected true or false for 'force_backward', found 'maybe'")]
    public void AnErrorSaysWhereAndWhat(string text, string expected)
    {
        var error = Assert.Throws<CnnException>(() => TextFormat.Parse<NetParameter>(text, "f"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AllErrorsOfAFileAreReportedEachWithItsLineAndACaret()
    {
        var error = Assert.Throws<CnnException>(() => TextFormat.Parse<NetParameter>(
            "nme: \"a\"\nlayer {\n  typ: \"ReLU\"\n  lrn_param { alpha: x }\n}\nforce_backward: 2\n", "f"));
        Assert.Equal([1, 3, 4, 6], error.Diagnostics.Select(d => d.Location!.Line));
        Assert.Contains($"      lrn_param {{ alpha: x }}\n{new string(' ', 25)}^", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MessagesNestedTooDeepAreRefusedWithoutAStackOverflow()
    {
        string text = "layer { plugin_param " + string.Concat(Enumerable.Repeat("{ a ", 1_000_000));
        var error = Assert.Throws<CnnException>(() => TextFormat.Parse<NetParameter>(text, "f"));
        Assert.Contains("nested deeper", error.Message, StringComparison.Ordinal);
    }
}
