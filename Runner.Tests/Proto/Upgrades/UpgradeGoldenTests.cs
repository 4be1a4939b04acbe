using Cnn.Proto;

namespace Cnn.Tests.Proto.Upgrades;

[Trait("Category", "Golden")]
public class UpgradeGoldenTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var (name, path) in GoldenFolders.Cases("upgrades"))
            {
                cases.Add(name, path);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void OldTextIsUpgradedAsCaffeUpgradesIt(string name, string folder)
    {
        string upgraded = Path.Combine(folder, "upgraded.prototxt"), solver = Path.Combine(folder, "solver.prototxt");
        if (File.Exists(solver))
        {
            // Caffe read the file by this name, from its folder.
            var expected = TextFormat.Parse<SolverParameter>(File.ReadAllText(upgraded), upgraded);
            var sources = new SourceMap();
            var parsed = TextFormat.Parse<SolverParameter>(File.ReadAllText(solver), solver, sources);
            Assert.Equal(expected, SolverUpgrade.Upgrade(parsed, sources, "solver.prototxt"));
            return;
        }

        var net = TextFormat.Parse<NetParameter>(File.ReadAllText(upgraded), name);
        Assert.Equal(net, ProtoFile.LoadNet(Path.Combine(folder, "input.prototxt")).Message);
    }

    [Fact]
    public void ErrorsInAnOldNetStillPointIntoItsFile()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("net.prototxt", "layers {\n  name: 'a'\n  layer { type: 'cnov' }\n}\n");
        var error = Assert.Throws<CnnException>(() => ProtoFile.LoadNet(path));
        Assert.Contains("net.prototxt:3:3: unknown type 'cnov' of an old layer; did you mean 'conv'?", error.Message, StringComparison.Ordinal);
    }
}
