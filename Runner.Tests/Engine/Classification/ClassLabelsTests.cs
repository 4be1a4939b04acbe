using Cnn.Engine.Classification;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Classification;

[Trait("Category", "Unit")]
public sealed class ClassLabelsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheLineIsTheClass()
    {
        ClassLabels labels = Read("n01440764 tench, Tinca tinca\r\n\nshark\n\n");

        Assert.Equal(3, labels.Count);
        Assert.Equal("n01440764 tench, Tinca tinca", labels[0]);
        Assert.Equal("", labels[1]);
        Assert.Equal("shark", labels[2]);
        labels.Require(3, "prob");
    }

    [Fact]
    public void TooManyAreToldWhereTheyBegin() => Assert.Equal(
        $"""
        {folder["labels.txt"]}:3:1: 4 labels for the 2 classes of output 'prob'; this is the first too many
            c
            ^
        """,
        Assert.Throws<CnnException>(() => Read("a\nb\nc\nd\n").Require(2, "prob")).Message);

    [Fact]
    public void TooFewAreToldWhereTheyEnd() => Assert.Equal(
        $"""
        {folder["labels.txt"]}:2:1: 2 labels for the 1000 classes of output 'prob'; the file has one line for each class
            b
            ^
        """,
        Assert.Throws<CnnException>(() => Read("a\nb\n").Require(1000, "prob")).Message);

    [Fact]
    public void AnEmptyFileHasNone()
    {
        ClassLabels labels = Read("\n");

        Assert.Equal(0, labels.Count);
        Assert.StartsWith(
            folder["labels.txt"] + ":1:1: 0 labels",
            Assert.Throws<CnnException>(() => labels.Require(2, "prob")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatIsNoTextIsAnError() => Assert.EndsWith(
        "is no list of labels: it is not text",
        Assert.Throws<CnnException>(() => Read("a\0b")).Message,
        StringComparison.Ordinal);

    private ClassLabels Read(string text) => ClassLabels.Read(folder.Write("labels.txt", text));
}
