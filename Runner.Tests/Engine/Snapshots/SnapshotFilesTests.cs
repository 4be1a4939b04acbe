using Cnn.Engine.Snapshots;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Snapshots;

[Trait("Category", "Unit")]
public sealed class SnapshotFilesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("w.caffemodel")]
    [InlineData("/somewhere/else/w.caffemodel")]
    [InlineData(@"C:\nets\w.caffemodel")]
    [InlineData(@"nets\w.caffemodel")]
    public void TheWeightsOfAStateAreFoundBesideItWhereverTheyWereWritten(string named)
    {
        folder.Write("w.caffemodel", "");

        Assert.Equal(folder["w.caffemodel"], SnapshotFiles.FindWeights(folder["s.solverstate"], named));
    }

    [Fact]
    public void WeightsThatAreNowhereAreNamedAsTheStateNamesThem() => Assert.Contains(
        @"names the weights 'C:\nets\w.caffemodel', which do not exist",
        Assert.Throws<CnnException>(
            () => SnapshotFiles.FindWeights(folder["s.solverstate"], @"C:\nets\w.caffemodel")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void TryingAFolderLeavesNothingThereAndTouchesNothing()
    {
        folder.Write(".cnn-probe-1", "precious");
        SnapshotFiles.ProbeWritable(folder["snap"]);

        Assert.Equal([folder[".cnn-probe-1"]], Directory.GetFileSystemEntries(folder.Path));
        Assert.Equal("precious", File.ReadAllText(folder[".cnn-probe-1"]));
    }
}
