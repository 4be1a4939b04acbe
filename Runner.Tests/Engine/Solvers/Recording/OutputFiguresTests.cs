using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Engine.Solvers.Recording;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Solvers.Recording;

[Trait("Category", "Unit")]
public sealed class OutputFiguresTests : IDisposable
{
    private const string Outputs = """
        layer { name: "data" type: "Input" top: "one" top: "two" top: "twenty" top: "many" top: "none" input_param {
          shape { dim: 1 } shape { dim: 2 } shape { dim: 20 } shape { dim: 21 } shape { dim: 0 } } }
        """;

    private readonly TemporaryFolder folder = new();
    private readonly RunWriter writer;

    public OutputFiguresTests() => writer = RunWriter.Open(folder["run"], new RunInfo());

    public void Dispose()
    {
        writer.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void AnOutputOfUpToTwentyValuesHasAFigureForEach()
    {
        using Net net = Net.Build(NetDefinition.Parse(Outputs));
        net.SetInput("one", [7]);
        net.SetInput("two", [5, 6]);
        new OutputFigures(net, []).Write(writer, 4);

        RunRecord record = writer.Snapshot();
        string[] expected = ["train/one", .. Named("train/two", 2), .. Named("train/twenty", 20)];
        Assert.Equal(
            expected.Order(StringComparer.Ordinal), record.Curves.Select(c => c.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            [(4, 7.0), (4, 5.0), (4, 6.0)],
            new[] { "train/one", "train/two.0", "train/two.1" }.Select(n => Last(record, n)));
    }

    [Fact]
    public void ANameThatAnotherFigureHasIsLeftToIt()
    {
        using Net net = Net.Build(NetDefinition.Parse(Outputs));
        new OutputFigures(net, ["train/one", "train/twenty"]).Write(writer, 4);

        Assert.Equal(Named("train/two", 2), writer.Snapshot().Curves.Select(c => c.Name));
    }

    [Fact]
    public void AnOutputThatHasBecomeSmallerGivesTheValuesThatAreLeft()
    {
        using Net net = Net.Build(NetDefinition.Parse(Outputs));
        var figures = new OutputFigures(net, ["train/one", "train/twenty"]);
        net.SetInput("two", [5], 1);
        figures.Write(writer, 4);

        Assert.Equal("train/two.0", Assert.Single(writer.Snapshot().Curves).Name);
    }

    private static IEnumerable<string> Named(string output, int count) =>
        Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"{output}.{i}"));

    private static (long Iteration, double Value) Last(RunRecord record, string curve)
    {
        Assert.True(record.TryFind(curve, out RunCurve? found));
        return (found.Last!.Value.Iteration, found.Last.Value.Value);
    }
}
