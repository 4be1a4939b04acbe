using Cnn.Engine.Checks;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Tests.Engine.Graph;

namespace Cnn.Tests.Engine.Checks;

/// <summary>The checks of layers on the cases that the real Caffe and its forks computed.</summary>
[Trait("Category", "Gradient")]
public class GoldenLayerCheckTests
{
    private const int MostPoints = 24;

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var (name, path) in GoldenFolders.Cases("layers").Concat(GoldenFolders.Cases("nets")))
            {
                cases.Add(name, path);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryLayerOfACaseHolds(string name, string folder)
    {
        var golden = new GoldenCase(folder);
        IReadOnlyList<LayerCheckReport> reports = LayerChecker.Check(
            golden.Definition,
            new NetOptions
            {
                Phase = golden.Phase, Level = golden.Level, Stages = golden.Stages, MadeUp = new MadeUpData(),
            },
            new LayerCheckOptions
            {
                Prepare = net => golden.Apply(net, diffs: false), Threads = 3, MostPoints = MostPoints,
            });

        Assert.All(reports, report => Assert.DoesNotContain("refuses", report[LayerCheck.Gradient].Detail));
        Assert.All(reports, report => Assert.True(report.Holds, $"{name}: {report.Failures()}"));
    }
}
