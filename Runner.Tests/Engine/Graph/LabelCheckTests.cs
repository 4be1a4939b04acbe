using Cnn.Engine.Graph;
using Cnn.Proto;
using Cnn.Tests.Layers.Data;

namespace Cnn.Tests.Engine.Graph;

/// <summary>
/// A label outside the classes is found when the net is built, where the labels are known without reading the data.
/// </summary>
[Trait("Category", "Unit")]
public sealed class LabelCheckTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("SoftmaxWithLoss", 3, "image 1 (")]
    [InlineData("SoftmaxWithLoss", -1, "image 1 (")]
    [InlineData("HingeLoss", 3, "does not accept: labels are 0 to 2")]
    [InlineData("Accuracy", 7, "has label 7, which layer 'loss' does not accept: labels are 0 to 2")]
    public void ALabelOutsideTheClassesIsFoundBeforeTheFirstPass(string reader, int label, string expected)
    {
        string error = Assert.Throws<CnnException>(() => Build(reader, "", label)).Message;
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Contains("net.prototxt:1:", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SoftmaxWithLoss", "loss_param { ignore_label: 255 }", 255)]
    [InlineData("Accuracy", "accuracy_param { ignore_label: -1 }", -1)]
    [InlineData("SoftmaxWithLoss", "", 2)]
    public void ALabelThatIsIgnoredIsAccepted(string reader, string options, int label) =>
        Build(reader, options, label).Dispose();

    [Fact]
    public void TheLabelsAreFollowedThroughTheCopiesForSeveralReaders()
    {
        string error = Assert.Throws<CnnException>(() => Build(
            "Accuracy",
            "} layer { name: 'second' type: 'SoftmaxWithLoss' bottom: 'few' bottom: 'label' ",
            2,
            more: """
                layer { name: "few" type: "InnerProduct" bottom: "data" top: "few"
                  inner_product_param { num_output: 2 } }
                """)).Message;
        Assert.Contains("layer 'second' does not accept: labels are 0 to 1", error, StringComparison.Ordinal);
    }

    private Net Build(string reader, string options, int label, string more = "")
    {
        ImageFiles.Write(folder["a.png"], 1, 3, 2, 2);
        ImageFiles.Write(folder["b.png"], 2, 3, 2, 2);
        folder.Write("list.txt", $"{folder["a.png"]} 0\n{folder["b.png"]} {label}\n");
        return Net.Build(NetDefinition.Parse(
            $$"""
            layer { name: "data" type: "ImageData" top: "data" top: "label"
              image_data_param { source: "{{folder["list.txt"]}}" } }
            layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 3 } }
            {{more}}
            layer { name: "loss" type: "{{reader}}" bottom: "ip" bottom: "label" top: "loss" {{options}} }
            """,
            "net.prototxt"));
    }
}
