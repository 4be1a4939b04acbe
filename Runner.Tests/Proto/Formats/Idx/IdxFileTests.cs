using Cnn.Proto;
using Cnn.Proto.Formats.Idx;

namespace Cnn.Tests.Proto.Formats.Idx;

[Trait("Category", "Unit")]
public sealed class IdxFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ContentDecidesWhetherAFileIsCompressed(bool gzip)
    {
        byte[] content = IdxFiles.Images(3, 4, 5);
        IdxFile file = IdxFile.ReadImages(Write("images", gzip ? IdxFiles.Gzip(content) : content));
        Assert.Equal([3, 4, 5], file.Shape);
        Assert.Equal(content[16..], file.Data);
    }

    [Fact]
    public void WhatTheWriterWritesReadsBack()
    {
        IdxWriter.WriteImages(folder["i"], 2, 2, 3, (i, pixels) => pixels.Fill((byte)(7 + i)));
        IdxWriter.WriteLabels(folder["l"], 2, i => (byte)i);
        Assert.Equal([7, 7, 7, 7, 7, 7, 8, 8, 8, 8, 8, 8], IdxFile.ReadImages(folder["i"]).Data);
        Assert.Equal([0, 1], IdxFile.ReadLabels(folder["l"]).Data);
        var error = Assert.Throws<CnnException>(() => IdxWriter.WriteLabels(folder["l"], 1, _ => 0));
        Assert.Contains("exists already", error.Message);
    }

    [Fact]
    public void WrongFilesAreExplained()
    {
        Assert.Contains("swapped", Error(IdxFiles.Labels(100)));
        Assert.Contains("only 2 bytes", Error([1, 2]));
        Assert.Contains("cut short", Error(IdxFiles.Images(3, 4, 5)[..^1]));
        Assert.Contains("cut short", Error(IdxFiles.Gzip(IdxFiles.Images(3, 4, 5)[..^1])));
        Assert.Contains("longer", Error([.. IdxFiles.Images(3, 4, 5), 0]));
        Assert.Contains("longer", Error(IdxFiles.Gzip([.. IdxFiles.Images(3, 4, 5), 0])));
        Assert.Contains("cannot be", Error(IdxFiles.Header(2051, -1, 4, 5)));
        Assert.Contains("cannot be", Error(IdxFiles.Header(2051, int.MaxValue, int.MaxValue, int.MaxValue)));
        Assert.Contains("cut short", Error(IdxFiles.Header(2051, 60000, 28, 1000)));
        Assert.Contains("cut short", Error(IdxFiles.Gzip(IdxFiles.Header(2051, 60000, 28, 1000))));
        byte[] packed = IdxFiles.Gzip(IdxFiles.Images(30, 28, 28));
        packed[packed.Length / 2] ^= 0xFF;
        Assert.Contains("images", Error(packed));
        var missing = Assert.Throws<CnnException>(() => IdxFile.ReadImages(folder["none"]));
        Assert.Contains("does not exist", missing.Message);
    }

    [Fact]
    public void ImagesAndLabelsMustBeEquallyMany()
    {
        IdxFile images = IdxFile.ReadImages(Write("images", IdxFiles.Images(3, 1, 1)));
        IdxFile labels = IdxFile.ReadLabels(Write("labels", IdxFiles.Labels(4)));
        Assert.Contains("3 images", Assert.Throws<CnnException>(() => IdxFile.RequirePair(images, labels)).Message);
    }

    private string Write(string name, byte[] content)
    {
        File.WriteAllBytes(folder[name], content);
        return folder[name];
    }

    private string Error(byte[] content) =>
        Assert.Throws<CnnException>(() => IdxFile.ReadImages(Write("images", content))).Message;
}
