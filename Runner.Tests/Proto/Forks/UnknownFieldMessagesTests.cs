using Cnn.Proto;

namespace Cnn.Tests.Proto.Forks;

/// <summary>Fields and values of forks that are not supported: the error knows the fork, once for all places.</summary>
[Trait("Category", "Unit")]
public class UnknownFieldMessagesTests
{
    private const string Hint = "; delete it if the net computes the same without it";

    [Theory]
    [InlineData(
        "n.prototxt",
        """
        layer { name: "a" type: "InnerProduct" inner_product_param { dis_mode: true } }
        layer { name: "b" type: "InnerProduct" inner_product_param { dis_mode: true num_outputs: 1 } }
        """,
        ":1:62: field 'dis_mode' of InnerProductParameter is of Synopsys' Caffe and not supported",
        ":2:77: unknown field 'num_outputs' in InnerProductParameter; did you mean 'num_output'?")]
    [InlineData(
        "n.yaml",
        """
        layer:
        - {name: a, type: InnerProduct, inner_product_param: {dis_mode: true}}
        - {name: b, type: InnerProduct, inner_product_param: {dis_mode: true, num_outputs: 1}}
        """,
        ":2:55: field 'dis_mode' of InnerProductParameter is of Synopsys' Caffe and not supported",
        ":3:71: unknown field 'num_outputs' in InnerProductParameter; did you mean 'num_output'?")]
    public void AFieldOfAForkIsReportedOnceWithItsCount(string file, string text, string first, string second)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write(file, text);

        var error = Assert.Throws<CnnException>(() => NetDefinition.Load(path));

        Assert.Equal(2, error.Diagnostics.Count);
        Assert.StartsWith(path + first, error.Diagnostics[0].ToString(), StringComparison.Ordinal);
        Assert.Contains(" (2 times)" + Hint, error.Diagnostics[0].ToString(), StringComparison.Ordinal);
        Assert.StartsWith(path + second, error.Diagnostics[1].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AValueOfAForkIsNamed()
    {
        var error = Assert.Throws<CnnException>(
            () => NetDefinition.Parse("layer { eltwise_param { operation: SORT } }", "n"));

        Assert.StartsWith(
            "n:1:36: EltwiseOp 'SORT' is of happynear's caffe-windows and not supported; the values are PROD, SUM, MAX",
            error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "distort_param { exposure_lower: 1 }", "field 'exposure_lower' of ColorDistortionParameter is of Synopsys'")]
    [InlineData("resize_param { active: true }", "field 'active' of ResizeParameter is of MyCaffe")]
    [InlineData("rotate: true", "field 'rotate' of TransformationParameter is of DeepDetect's Caffe")]
    public void AFieldOfASourceNamesItsFork(string text, string expected)
    {
        NetDefinition net = NetDefinition.Parse(
            $"layer {{ name: 'd' type: 'Data' top: 'd' transform_param {{ {text} }} }}", "n");

        Assert.StartsWith(
            expected, Assert.Single(net.Sources.PostponedIn(net.Message.Layer[0])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnOldLayersFieldIsFoundUnderTheCurrentLayer() => Assert.StartsWith(
        "n:1:10: field 'xlu_param' of V1LayerParameter is of Synopsys' Caffe and not supported" + Hint,
        Assert.Throws<CnnException>(() => NetDefinition.Parse("layers { xlu_param { } }", "n")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void ABlockThatNobodyCanClaimIsReportedInItsPlace()
    {
        var error = Assert.Throws<CnnException>(() => NetDefinition.Parse(
            "layer {\n  nmae: 'a'\n  relux_param { slope: [1, { x: 2 }] }\n  tpo: 'b'\n  type: 'ReLU'\n}", "n"));

        Assert.Equal(
            [
                "n:2:3: unknown field 'nmae' in LayerParameter; did you mean 'name'?",
                "n:3:3: unknown field 'relux_param' in LayerParameter; did you mean 'relu_param'?",
                "n:4:3: unknown field 'tpo' in LayerParameter; did you mean 'top'?",
            ],
            error.Diagnostics.Select(d => d.ToString().Split('\n')[0]));
    }

    [Theory]
    [InlineData(
        "n.prototxt", "layer { name: 'a' type: 'Own' own_param { depth: 2 names: ['x', \"y\"] in { a: -1 } } }")]
    [InlineData(
        "n.yaml", "layer: {name: a, type: Own, own_param: {depth: 2, names: [\"x\", \"y\"], in: {a: -1}}}")]
    public void ABlockOfAnUnknownTypeIsKeptAndPrinted(string file, string text)
    {
        using var folder = new TemporaryFolder();

        NetDefinition net = NetDefinition.Load(folder.Write(file, text));

        Assert.Equal("own_param", Assert.Single(net.Message.Layer[0].ForeignBlock).Name);
        const string Printed =
            """
            layer {
              name: "a"
              type: "Own"
              own_param {
                depth: 2
                names: ["x", "y"]
                in {
                  a: -1
                }
              }
            }

            """;
        Assert.Equal(Printed, net.ToString());
        foreach (string copy in (string[])["c.prototxt", "c.yaml", "c.binaryproto"])
        {
            net.Save(folder[copy]);
            Assert.Equal(net.Message, NetDefinition.Load(folder[copy]).Message);
        }
    }
}
