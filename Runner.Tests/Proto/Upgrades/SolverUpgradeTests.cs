using Cnn.Proto;

namespace Cnn.Tests.Proto.Upgrades;

[Trait("Category", "Unit")]
public class SolverUpgradeTests
{
    [Fact]
    public void NetsInsideASolverAreUpgraded()
    {
        const string Net = "{ layers { name: \"a\" type: RELU } }";
        var solver = Upgrade($"net_param {Net} train_net_param {Net} test_net_param {Net}", null);
        NetParameter[] nets = [solver.NetParam, solver.TrainNetParam, solver.TestNetParam[0]];
        Assert.All(nets, n => Assert.Equal("ReLU", n.Layer[0].Type));
    }

    [Theory]
    [InlineData("", "SGD")]
    [InlineData("solver_type: SGD", "SGD")]
    [InlineData("solver_type: NESTEROV", "Nesterov")]
    [InlineData("solver_type: ADAGRAD", "AdaGrad")]
    [InlineData("solver_type: RMSPROP", "RMSProp")]
    [InlineData("solver_type: ADADELTA", "AdaDelta")]
    [InlineData("solver_type: ADAM", "Adam")]
    [InlineData("solver_type: 5", "Adam")]
    [InlineData("type: \"Mine\"", "Mine")]
    public void TheTypeIsAName(string text, string type)
    {
        SolverParameter solver = Upgrade(text, null);
        Assert.Equal(type, solver.Type);
        Assert.Equal((text.Length > 0, false), (solver.HasType, solver.HasSolverType));
    }

    [Fact]
    public void TheTypeIsWhereItsOldFormWas()
    {
        var sources = new SourceMap();
        var solver = TextFormat.Parse<SolverParameter>("base_lr: 1\n solver_type: ADAM", "s", sources);
        Assert.True(SolverUpgrade.IsNeeded(solver));
        SolverUpgrade.Upgrade(solver, sources, null);

        SourceLocation at = sources.Find(solver, SolverParameter.TypeFieldNumber)!;
        Assert.Equal((2, 15), (at.Line, at.Column));
        Assert.False(SolverUpgrade.IsNeeded(solver));
    }

    [Fact]
    public void ThePrefixOfSnapshotsComesFromTheFile()
    {
        Assert.Equal("some/lenet_solver", Upgrade("", "some/lenet_solver.prototxt").SnapshotPrefix);
        Assert.Equal("mine", Upgrade("snapshot_prefix: \"mine\"", "some/solver.prototxt").SnapshotPrefix);
        string folder = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory).Replace('\\', '/');
        string completed = Upgrade($"snapshot_prefix: \"{folder}\"", "some/solver.prototxt").SnapshotPrefix;
        Assert.Equal(Path.Combine(folder, "solver"), completed);
        Assert.False(Upgrade("", null).HasSnapshotPrefix);
    }

    [Fact]
    public void AllMistakesOfASolverAndItsNetsAreTold()
    {
        var error = Assert.Throws<CnnException>(() => Upgrade(
            "type: \"SGD\"\nsolver_type: ADAM\nnet_param { layers { layer { type: \"no\" } } }\n"
                + "test_net_param { input: \"x\" input_dim: 1 }", null));
        Assert.Equal([2, 3, 4], error.Diagnostics.Select(d => d.Location!.Line));
    }

    private static SolverParameter Upgrade(string text, string? path)
    {
        var sources = new SourceMap();
        return SolverUpgrade.Upgrade(TextFormat.Parse<SolverParameter>(text, "s", sources), sources, path);
    }
}
