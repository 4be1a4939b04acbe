using Cnn.Proto;

namespace Cnn.Tests.Proto.Files;

[Trait("Category", "Unit")]
public sealed class PathResolverTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AFileIsFoundBesideTheOneThatNamesIt()
    {
        folder.Write("x", "");

        Assert.Equal(folder["x"], new PathResolver(folder["net.prototxt"]).Find("x"));
    }

    [Fact]
    public void AnEmptyPathIsNotTheFolderOfTheFileThatNamesIt() =>
        Assert.Equal("", new PathResolver(folder["net.prototxt"]).Find(""));

    [Fact]
    public void APathWithTheOtherSystemsSeparatorsIsFound()
    {
        Directory.CreateDirectory(folder["data"]);
        folder.Write("data/x", "");

        Assert.True(File.Exists(new PathResolver(folder["net.prototxt"]).Find(@"data\x")));
    }

    [Fact]
    public void APathThatIsNowhereStaysAsItIsWritten() =>
        Assert.Equal(@"data\nothing", new PathResolver(folder["net.prototxt"]).Find(@"data\nothing"));

    [Theory]
    [InlineData(@"C:\nets\w.caffemodel", "w.caffemodel")]
    [InlineData("/nets/w.caffemodel", "w.caffemodel")]
    [InlineData("w.caffemodel", "w.caffemodel")]
    public void TheLastPartIsThatOfAnySystem(string path, string last) =>
        Assert.Equal(last, PathResolver.LastPart(path));
}
