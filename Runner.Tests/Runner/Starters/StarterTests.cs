using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.Starters;
using Cnn.Tests.Models;

namespace Cnn.Tests.Runner.Starters;

/// <summary>What <c>cnn new</c> writes, as a user has it: loaded, built, trained.</summary>
[Trait("Category", "Unit")]
public sealed class StarterTests : IDisposable
{
    private const int Steps = 3;

    private static readonly string[] WithoutData = ["cifar10", "images"];

    private readonly TemporaryFolder folder = new();
    private readonly WorkerPool pool = new(2);
    private readonly LayerRegistry layers = new();

    public StarterTests() => layers.Add("Shrink", context => new ShrinkLayer(context));

    public static TheoryData<string, bool> Starters =>
        new(StarterCatalog.All.SelectMany(s => new[] { (s.Name, false), (s.Name, true) }));

    public void Dispose()
    {
        pool.Dispose();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Starters))]
    public void EveryLineThatSetsSomethingHasAComment(string name, bool isYaml)
    {
        foreach (StarterFile file in Definitions(name, isYaml))
        {
            string[] lines = file.Text.Split('\n');
            Assert.True(lines.Length > 10, file.Name);
            foreach (string line in lines.Where(l => l.Split('#')[0].Contains(':')))
            {
                // In YAML a line such as `layer:` or `bottom:` only opens the list whose lines have the comments.
                Assert.True(
                    line.Contains("# ", StringComparison.Ordinal) || (isYaml && line.EndsWith(':')),
                    $"{file.Name}: {line}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Starters))]
    public void ItsLinesFitAndItsCommentsNameItsOwnFiles(string name, bool isYaml)
    {
        foreach (StarterFile file in StarterCatalog.Find(name).Files(isYaml))
        {
            Assert.All(file.Text.Split('\n'), line => Assert.True(line.Length <= 120, line));
            Assert.DoesNotContain('\r', file.Text);
            Assert.EndsWith("\n", file.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(isYaml ? ".prototxt" : ".yaml", file.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void InYamlTheyMeanTheSame()
    {
        foreach (Starter starter in StarterCatalog.All)
        {
            string plain = Write(starter.Name, isYaml: false), yaml = Write(starter.Name, isYaml: true);
            Assert.Equal(
                ProtoFile.LoadNet(Path.Combine(plain, "net.prototxt")).Message,
                ProtoFile.LoadNet(Path.Combine(yaml, "net.yaml")).Message);
            SolverParameter solver = ProtoFile.LoadSolver(Path.Combine(yaml, "solver.yaml")).Message;
            Assert.Equal("net.yaml", solver.Net);
            solver.Net = "net.prototxt";
            Assert.Equal(ProtoFile.LoadSolver(Path.Combine(plain, "solver.prototxt")).Message, solver);
        }
    }

    [Theory]
    [MemberData(nameof(Starters))]
    public void ItTrainsAsItStands(string name, bool isYaml)
    {
        if (name == "cifar10")
        {
            return;
        }

        string path = Write(name, isYaml);
        if (name == "images")
        {
            WritePictures(path);
        }

        string file = isYaml ? "solver.yaml" : "solver.prototxt";
        SolverDefinition definition = SolverDefinition.Load(Path.Combine(path, file));
        definition.Message.SnapshotPrefix = folder["snapshots/x"];
        definition.Message.TestIter.Clear();
        definition.Message.TestIter.Add(1);
        using var solver = new Solver(definition, new SolverOptions { Pool = pool, Layers = layers });
        List<float> losses = [];
        solver.Progressed += progress => losses.Add(progress.IterationLoss);
        for (int i = 0; i < Steps; i++)
        {
            solver.Step();
        }

        Assert.Equal(Steps, losses.Count);
        Assert.All(losses, loss => Assert.InRange(loss, 0.001f, 100));
    }

    [Theory]
    [MemberData(nameof(Starters))]
    public void ItsNetBuildsInEachPhaseAndForUse(string name, bool isYaml)
    {
        string path = Path.Combine(Write(name, isYaml), isYaml ? "net.yaml" : "net.prototxt");
        MadeUpData? madeUp = WithoutData.Contains(name) ? new MadeUpData { Batch = 2 } : null;
        if (name == "cifar10")
        {
            madeUp = madeUp! with { Shapes = new Dictionary<string, int[]> { ["data"] = [2, 3, 32, 32] } };
        }

        foreach (Phase phase in (Phase[])[Phase.Train, Phase.Test])
        {
            using Net net = Build(phase, []);
            Assert.True(float.IsFinite(net.Forward()));
            Assert.Contains(net.Outputs, output => output is "loss" or "mbox_loss" or "detection_eval");
        }

        if (name == "plugin")
        {
            return;
        }

        using Net used = Build(Phase.Test, ["deploy"]);
        Assert.Equal([name == "ssd-digits" ? "detection_out" : name == "lenet5" ? "score" : "prob"], used.Outputs);
        Assert.Equal("Input", used.Layers[0].Layer.Parameter.Type);

        Net Build(Phase phase, string[] stages) => Net.Load(path, options: new NetOptions
        {
            Phase = phase, Stages = stages, Pool = pool, Layers = layers, MadeUp = madeUp,
        });
    }

    [Fact]
    public void TheLayerOfItsOwnHasTheRightGradients()
    {
        var parameter = new LayerParameter
        {
            Name = "shrink",
            Type = "Shrink",
            Bottom = { "x" },
            Top = { "y" },
        };
        var layer = new ShrinkLayer(new LayerContext { Parameter = parameter, Pool = pool });
        Blob x = new(1, 4), y = new();
        new[] { -1f, -0.05f, 0.05f, 0.5f }.CopyTo(x.Data);
        layer.SetUp([x], [y]);
        layer.Reshape([x], [y]);
        layer.Forward([x], [y]);
        new[] { 1f, 2, 3, 4 }.CopyTo(y.Diff);
        layer.Backward([y], [true], [x]);

        Assert.Equal([-0.9f, -0f, 0f, 0.4f], y.Data.ToArray());
        Assert.Equal([1f, 0, 0, 4], x.Diff.ToArray());
    }

    private static IEnumerable<StarterFile> Definitions(string name, bool isYaml) =>
        StarterCatalog.Find(name).Files(isYaml)
            .Where(file => file.Name.EndsWith(isYaml ? ".yaml" : ".prototxt", StringComparison.Ordinal));

    private string Write(string name, bool isYaml)
    {
        string path = folder[name + (isYaml ? "-yaml" : "")];
        StarterWriter.Write(StarterCatalog.Find(name).Files(isYaml), path, overwrites: false);
        return path;
    }

    // The starter's net tells two classes apart.
    private static void WritePictures(string path)
    {
        string pictures = Path.Combine(path, "pictures");
        DrawnImages.Write(pictures, each: 40);
        foreach (string kind in Directory.GetDirectories(pictures).Order(StringComparer.Ordinal).Skip(2))
        {
            Directory.Delete(kind, recursive: true);
        }
    }
}
