using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Tests.Proto.Formats;

[Trait("Category", "Unit")]
public sealed class FileMapTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void NothingBeyondTheFileIsRead()
    {
        using FileMap map = Map(1, 2, 3, 4);

        Assert.Equal(4, map.Length);
        Assert.Equal([1, 2, 3, 4], map.Span(0, 4).ToArray());
        Assert.Equal([4], map.Span(3, 1).ToArray());
        Assert.Empty(map.Span(4, 0).ToArray());
        foreach (var (offset, length) in new[] { (0L, 5), (3L, 2), (4L, 1), (5L, 0), (-1L, 1), (1L, -1) })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => map.Span(offset, length).Length);
        }
    }

    [Fact]
    public void AnEmptyFileHasNoBytes()
    {
        using FileMap map = Map();

        Assert.Equal(0, map.Length);
        Assert.Empty(map.Span(0, 0).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => map.Span(0, 1).Length);
    }

    [Fact]
    public void AMapThatIsClosedGivesNothing()
    {
        FileMap map = Map(1);
        map.Dispose();
        map.Dispose();

        Assert.Throws<ObjectDisposedException>(() => map.Span(0, 1).Length);
    }

    [Fact]
    public void AFileThatIsNotThereIsNamed() => Assert.Contains(
        folder["none"], Assert.Throws<CnnException>(() => new FileMap(folder["none"], "file")).Message);

    private FileMap Map(params byte[] bytes)
    {
        File.WriteAllBytes(folder["file"], bytes);
        return new FileMap(folder["file"], "file");
    }
}
