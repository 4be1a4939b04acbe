using Cnn.Tests.Runner.Commands;

namespace Cnn.Tests.Layers;

[Trait("Category", "Unit")]
public sealed class SizeFieldTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("type: 'InnerProduct' inner_product_param { num_output: MANY }")]
    [InlineData("type: 'Convolution' convolution_param { num_output: MANY kernel_size: 1 }")]
    [InlineData("type: 'Convolution' convolution_param { num_output: 1 kernel_size: MANY }")]
    [InlineData("type: 'Deconvolution' convolution_param { num_output: MANY kernel_size: 1 }")]
    [InlineData("type: 'Pooling' pooling_param { kernel_size: MANY }")]
    [InlineData("type: 'Embed' embed_param { num_output: MANY input_dim: 1 }")]
    [InlineData("type: 'Embed' embed_param { num_output: 1 input_dim: MANY }")]
    [InlineData("type: 'EuclideanRBF' euclidean_rbf_param { num_output: MANY }")]
    [InlineData("type: 'LSTM' bottom: 'cont' recurrent_param { num_output: MANY }")]
    [InlineData("type: 'RNN' bottom: 'cont' recurrent_param { num_output: MANY }")]
    public void AValueThatIsTooLargeIsCalledThat(string layer)
    {
        string text = "layer { name: 'in' type: 'Input' top: 'x' top: 'cont' "
            + "input_param { shape { dim: 2 dim: 3 dim: 8 dim: 8 } shape { dim: 2 dim: 3 } } }\n"
            + "layer { name: 'l' bottom: 'x' top: 'y' "
            + layer.Replace("MANY", "4294967295", StringComparison.Ordinal) + " }";

        CommandLine run = CommandLine.Run("summary", "--model", folder.Write("net.prototxt", text));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("4294967295", run.Error, StringComparison.Ordinal);
        Assert.Matches("too large|expected 1 to [0-9]+|out of range", run.Error);
    }

    [Theory]
    [InlineData("type: 'InnerProduct' inner_product_param { }")]
    [InlineData("type: 'InnerProduct' inner_product_param { num_output: 0 }")]
    public void AValueThatIsMissingOrZeroIsToldTheLeast(string layer)
    {
        CommandLine run = CommandLine.Run("summary", "--model", folder.Write(
            "net.prototxt", $"input: 'x' input_shape {{ dim: 2 }} layer {{ name: 'l' bottom: 'x' top: 'y' {layer} }}"));

        Assert.Contains("num_output is 0, expected 1 or more", run.Error, StringComparison.Ordinal);
    }
}
