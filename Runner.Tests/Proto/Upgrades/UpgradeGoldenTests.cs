using Cnn.Proto;

namespace Cnn.Tests.Proto.Upgrades;

[Trait("Category", "Golden")]
public class UpgradeGoldenTests
{
    private const string Upgraded = "upgraded.prototxt";

    // The cases are fixed at discovery: a folder that is absent is a failing test, not a missing one.
    public static TheoryData<string> Nets() => Cases("upgrades", "input.prototxt", "nets", "net.prototxt");

    public static TheoryData<string> Solvers() => Cases("upgrades", "solver.prototxt");

    [Theory, MemberData(nameof(Nets))]
    public void ANetUpgradesToWhatCaffeMakesOfIt(string input)
    {
        var sources = new SourceMap();
        NetParameter net = TextFormat.Parse<NetParameter>(File.ReadAllText(input), input, sources);
        AssertSame(TextFormat.Parse<NetParameter>(Expected(input), Upgraded), NetUpgrade.Upgrade(net, sources));
    }

    [Theory, MemberData(nameof(Nets))]
    public void AnUpgradedNetIsLeftAsItIs(string input)
    {
        var net = TextFormat.Parse<NetParameter>(Expected(input), Upgraded);
        string before = TextFormat.Print(net);
        Assert.Same(net, NetUpgrade.Upgrade(net, new SourceMap()));
        Assert.Equal(before, TextFormat.Print(net));
    }

    [Theory, MemberData(nameof(Solvers))]
    public void ASolverUpgradesToWhatCaffeMakesOfIt(string input)
    {
        var sources = new SourceMap();
        SolverParameter solver = TextFormat.Parse<SolverParameter>(File.ReadAllText(input), input, sources);
        AssertSame(
            TextFormat.Parse<SolverParameter>(Expected(input), Upgraded),
            SolverUpgrade.Upgrade(solver, sources, "solver.prototxt"));
    }

    private static TheoryData<string> Cases(params string[] folderAndFile)
    {
        var cases = new TheoryData<string>();
        foreach (string[] pair in folderAndFile.Chunk(2))
        {
            cases.AddRange(
                from folder in GoldenFolders.Cases(pair[0])
                let input = Path.Combine(folder.Path, pair[1])
                where File.Exists(input) && File.Exists(Path.Combine(folder.Path, Upgraded))
                select input);
        }

        return cases;
    }

    private static string Expected(string input) =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(input)!, Upgraded));

    // Compares texts: Equals does not distinguish an unset field from one set to its default.
    private static void AssertSame(Google.Protobuf.IMessage expected, Google.Protobuf.IMessage actual) =>
        Assert.Equal(TextFormat.Print(expected), TextFormat.Print(actual));
}
