using Cnn.Engine.Graph;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Graph;

/// <summary>A wrong path leads to a CnnException whose message the command prints.</summary>
[Trait("Category", "Unit")]
public sealed class WeightPathTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Net net = Net.Build(new NetDefinition("q").Input("x", 1, 2).Add("Power", "y", "x"));

    public void Dispose()
    {
        net.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("w.caffemodel")]
    [InlineData("w.h5")]
    public void WeightsForAFolderThatIsNotThereAreRefusedByTheNameOfTheCaller(string name)
    {
        var error = Assert.Throws<CnnException>(() => net.SaveWeights(folder[$"no/{name}"]));

        Assert.Equal(
            $"cannot write '{folder[$"no/{name}"]}': there is no folder '{folder["no"]}'; make it first",
            error.Message);
    }

    [Fact]
    public void WeightsForAFolderAreRefused() => Assert.Equal(
        $"cannot write '{folder.Path}': it is a folder; name a file in it",
        Assert.Throws<CnnException>(() => net.SaveWeights(folder.Path)).Message);

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void APathThatNoSystemTakesIsRefusedOnEveryWay(string path)
    {
        Action[] ways =
        [
            () => net.SaveWeights(path),
            () => net.CopyWeightsFrom(path),
            () => Net.Load(path).Dispose(),
            () => new NetDefinition("n").Save(path),
        ];
        Assert.All(ways, way => Assert.Throws<CnnException>(way));
    }

    [Fact]
    public void AShapeThatIsWrongIsReportedAtTheLineOfTheCall()
    {
        var error = Assert.Throws<CnnException>(() => Net.Build(new NetDefinition("q").Input("x", -1)));

        Assert.Matches(@"^\S*WeightPathTests\.cs:\d+:1: ", error.Message);
    }
}
