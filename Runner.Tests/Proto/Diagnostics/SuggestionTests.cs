using Cnn.Proto;

namespace Cnn.Tests.Proto.Diagnostics;

[Trait("Category", "Unit")]
public class SuggestionTests
{
    [Theory]
    [InlineData("num_outputs", "num_output")]
    [InlineData("nmu_output", "num_output")]
    [InlineData("relux_param", "relu_param")]
    [InlineData("Convolutoin", "Convolution")]
    [InlineData("innerproduct", "InnerProduct")]
    [InlineData("tpye", "type")]
    [InlineData("ip", "ip1")]
    [InlineData("weightfiler", "weight_filler")]
    [InlineData("MAXX", "MAX")]
    [InlineData("NAME", "name")]
    public void AFewTypingErrorsAreFound(string written, string meant) =>
        Assert.Equal($"did you mean '{meant}'?", Suggestion.For(written, ["bias_term", meant, "TanH"]));

    [Theory]
    [InlineData("permute_param", "parameter_param")]
    [InlineData("Axpy", "Exp")]
    [InlineData("bn_param", "lrn_param")]
    [InlineData("ceil_mode", "round_mode")]
    [InlineData("mean_value", "mean_file")]
    [InlineData("lenet.prototxt", "net.prototxt")]
    [InlineData("a", "b")]
    [InlineData("bn", "in")]
    [InlineData("", "ab")]
    [InlineData("Permute", "Parameter")]
    public void AnotherWordIsNoTypingError(string written, string other) =>
        Assert.Null(Suggestion.For(written, [other]));

    [Fact]
    public void FieldsOfForksAreNotTakenForTypingErrorsOfCaffesOwn()
    {
        var fields = LayerParameter.Descriptor.Fields.InDeclarationOrder().Select(f => f.Name).ToArray();
        string[] forks =
        [
            "permute_param", "prior_box_param", "norm_param", "roi_pooling_param", "bn_param", "interp_param",
            "reorg_param", "upsample_param", "annotated_data_param", "detection_output_param", "proposal_param",
            "correlation_param",
        ];
        Assert.All(forks.Except(fields), name => Assert.Null(Suggestion.For(name, fields)));
    }

    [Fact]
    public void TheNearestWinsAndTheFirstOfEquallyNearOnes()
    {
        Assert.Equal("kernel_size", Suggestion.Nearest("kernel_sze", ["kernel_side", "kernel_size"]));
        Assert.Equal("ip1", Suggestion.Nearest("ip3", ["ip1", "ip2"]));
        Assert.Equal("ip3", Suggestion.Nearest("IP3", ["ip1", "ip3"]));
    }

    [Fact]
    public void ASwapOfNeighboursIsOneError()
    {
        Assert.Equal("name", Suggestion.Nearest("nmae", ["name"]));
        Assert.Null(Suggestion.Nearest("nxye", ["name"]));
    }

    [Fact]
    public void NamesTooLongAreNotCompared()
    {
        string name = new('a', 101);
        Assert.Null(Suggestion.Nearest(name, [name]));
        Assert.Null(Suggestion.Nearest(name[..100], [name]));
        Assert.Equal(name[..100], Suggestion.Nearest(name[..99], [name[..100]]));
    }
}
