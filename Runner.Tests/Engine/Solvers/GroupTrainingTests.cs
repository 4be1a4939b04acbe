using Cnn.Engine.Distributed;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Tests.Engine.Distributed;

namespace Cnn.Tests.Engine.Solvers;

/// <summary>Training in several processes, here ranks that are threads.</summary>
[Trait("Category", "Resume")]
public class GroupTrainingTests
{
    private const string Perceptron = """
        layer { name: 'data' type: 'DummyData' top: 'x' top: 't'
          dummy_data_param { shape { dim: 4 dim: 30 } shape { dim: 4 dim: 3 }
            data_filler { type: 'gaussian' } data_filler { type: 'gaussian' } } }
        layer { name: 'a' type: 'InnerProduct' bottom: 'x' top: 'a'
          inner_product_param { num_output: 40 weight_filler { type: 'xavier' } } }
        layer { name: 'relu' type: 'ReLU' bottom: 'a' top: 'a' }
        layer { name: 'drop' type: 'Dropout' bottom: 'a' top: 'a' }
        layer { name: 'b' type: 'InnerProduct' bottom: 'a' top: 'b'
          inner_product_param { num_output: 3 weight_filler { type: 'xavier' } } }
        layer { name: 'loss' type: 'EuclideanLoss' bottom: 'b' bottom: 't' top: 'loss' }
        """;

    private const string Siamese = """
        layer { name: 'data' type: 'DummyData' top: 'x' top: 'y' top: 's'
          dummy_data_param { shape { dim: 4 dim: 10 } shape { dim: 4 dim: 10 } shape { dim: 4 }
            data_filler { type: 'gaussian' } data_filler { type: 'gaussian' } data_filler { value: 1 } } }
        layer { name: 'a' type: 'InnerProduct' bottom: 'x' top: 'a' param { name: 'w' } param { name: 'v' }
          inner_product_param { num_output: 5 weight_filler { type: 'xavier' } } }
        layer { name: 'b' type: 'InnerProduct' bottom: 'y' top: 'b' param { name: 'w' } param { name: 'v' }
          inner_product_param { num_output: 5 weight_filler { type: 'xavier' } } }
        layer { name: 'loss' type: 'ContrastiveLoss' bottom: 'a' bottom: 'b' bottom: 's' top: 'loss' }
        """;

    [Theory]
    [InlineData(Perceptron, "", 4, 2, 4)]
    [InlineData(Perceptron, "type: 'Adam' momentum2: 0.999 delta: 1e-8", 6, 2, 3)]
    [InlineData(Perceptron, "weight_decay: 0.01 momentum: 0.9", 7, 7)]
    [InlineData(Siamese, "momentum: 0.9 clip_gradients: 0.1", 4, 2, 4)]
    public void SnapshotsHaveTheSameBytesWhateverTheNumberOfProcesses(
        string net, string solver, int passes, params int[] sizes)
    {
        using var folder = new TemporaryFolder();
        string text = $"{solver} iter_size: {passes}";
        byte[][] alone = Train(folder, net, text, 1, 12, null);

        foreach (int size in sizes)
        {
            Assert.Equal(alone, Train(folder, net, text, size, 12, null));

            // A run goes on with another number of processes.
            Train(folder, net, text, size, 5, null);
            Assert.Equal(alone, Train(folder, net, text, 1, 12, folder["snap_iter_5.solverstate"]));
        }
    }

    [Fact]
    public void AGroupOfProcessesMustDivideThePasses()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<CnnException>(() => Train(folder, Perceptron, "iter_size: 6", 4, 5, null));

        Assert.Contains("iter_size is 6, and 4 processes cannot share", error.Message, StringComparison.Ordinal);
        Assert.Contains("start 1 or 2 or 3 or 6", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AStopOfOneRankEndsTheIterationOfAllWithASnapshot()
    {
        using var folder = new TemporaryFolder();
        int[] iterations = InProcessJob.Run(3, group =>
        {
            using var pool = new WorkerPool(1);
            using Solver solver = Prepare(folder, Perceptron, "iter_size: 3", 1000, null, pool, group);
            solver.Progressed += p =>
            {
                if (group.Rank == 2 && p.Iteration == 7)
                {
                    solver.Control.RequestStop();
                }
            };
            Assert.False(solver.Solve());
            return solver.Iteration;
        });

        Assert.Equal([8, 8, 8], iterations);
        Assert.True(File.Exists(folder["snap_iter_8.solverstate"]));
    }

    [Fact]
    public void ASnapshotThatOneRankAsksForIsWrittenByTheRoot()
    {
        using var folder = new TemporaryFolder();
        InProcessJob.Run(2, group =>
        {
            using var pool = new WorkerPool(1);
            using Solver solver = Prepare(folder, Perceptron, "iter_size: 2", 4, null, pool, group);
            if (group.Rank == 1)
            {
                solver.Control.RequestSnapshot();
            }

            return solver.Solve();
        });

        Assert.True(File.Exists(folder["snap_iter_1.solverstate"]));
    }

    [Theory]
    [InlineData("base_lr: 0.2", "rank 1 on ", "in the solver: 'base_lr: 0.2' there, 'base_lr: 0.1' on rank 0")]
    [InlineData("random_seed: 8", "rank 1 on ", "in the solver: 'random_seed: 8' there, 'random_seed: 5' on rank 0")]
    public void ARankThatWouldTrainSomethingElseIsRefused(string other, params string[] words)
    {
        using var folder = new TemporaryFolder();
        var error = Assert.Throws<CnnException>(() => InProcessJob.Run(2, group =>
        {
            using var pool = new WorkerPool(1);
            string more = group.Rank == 1 ? other : "";
            using Solver solver = Prepare(folder, Perceptron, $"iter_size: 2 {more}", 4, null, pool, group);
            return solver.Solve();
        }));

        Assert.All(words, w => Assert.Contains(w, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void RanksThatDoNotFitTogetherLeaveNoFolderOfARun()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<CnnException>(() => InProcessJob.Run(2, group =>
        {
            using var pool = new WorkerPool(1);
            string more = group.Rank == 1 ? "momentum: 0.5" : "";
            using Solver solver = Prepare(
                folder, Perceptron, $"iter_size: 2 run: '{folder["run"]}' {more}", 4, null, pool, group);
            return solver.Solve();
        }));

        Assert.False(Directory.Exists(folder["run"]));
    }

    [Theory]
    [InlineData("wild", false, "in the net to train")]
    [InlineData("", true, "in the pass it starts from")]
    public void ARankWithOtherOptionsIsRefused(string stage, bool restartsData, string words)
    {
        using var folder = new TemporaryFolder();
        const string Net = Perceptron + " layer { name: 'more' type: 'Power' bottom: 'x' top: 'more' "
            + "include { stage: 'wild' } }";
        Train(folder, Net, "iter_size: 2", 2, 5, null);
        var error = Assert.Throws<CnnException>(() => InProcessJob.Run(2, group =>
        {
            using var pool = new WorkerPool(1);
            bool isOther = group.Rank == 1;
            using Solver solver = Prepare(
                folder, Net, "iter_size: 2", 6, folder["snap_iter_5.solverstate"], pool, group, options => options with
                {
                    Stages = isOther && stage.Length > 0 ? [stage] : [],
                    RestartsData = isOther && restartsData,
                });
            return solver.Solve();
        }));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void APassOfTheProgramsOwnBetweenIterationsHasItsOwnGradient()
    {
        using var folder = new TemporaryFolder();
        using var pool = new WorkerPool(1);
        using Solver solver = Prepare(folder, Perceptron, "iter_size: 4", 3, null, pool, null);
        solver.Step();
        float[] first = Own();
        float[] second = Own();

        Assert.Equal(first, second);
        Assert.Contains(first, v => v != 0);

        float[] Own()
        {
            solver.TrainNet.Clock.Pass = 77;
            solver.TrainNet.ClearParameterDiffs();
            solver.TrainNet.Forward();
            solver.TrainNet.Backward();
            return [.. solver.TrainNet.Learnable.SelectMany(p => p.Blob.Diff.ToArray())];
        }
    }

    [Fact]
    public void ASolverRefusedInAllDoesNotKeepAnotherFromBeingRefusedInOne()
    {
        using var folder = new TemporaryFolder();
        string[] messages = InProcessJob.Run(2, group =>
        {
            using var pool = new WorkerPool(1);
            Assert.Throws<CnnException>(
                () => Prepare(folder, Perceptron, "iter_size: 3", 3, null, pool, group).Dispose());
            string net = group.Rank == 1 ? "layer { name: 'x' type: 'NoSuchType' }" : Perceptron;
            return Assert.Throws<CnnException>(
                () => Prepare(folder, net, "iter_size: 2", 3, null, pool, group).Dispose()).Message;
        });

        Assert.All(messages, m => Assert.StartsWith("on rank 1: ", m, StringComparison.Ordinal));
    }

    [Fact]
    public void ALossThatIsNotFiniteIsToldByTheRankThatHasIt()
    {
        using var folder = new TemporaryFolder();
        var errors = new List<string>();
        Assert.Throws<TrainingException>(() => InProcessJob.Run(2, group =>
        {
            using var pool = new WorkerPool(1);
            using Solver solver = Prepare(
                folder, Perceptron, "iter_size: 2 base_lr: 1e30", 40, null, pool, group);
            try
            {
                return solver.Solve();
            }
            catch (TrainingException error)
            {
                lock (errors)
                {
                    errors.Add(error.Message);
                }

                throw;
            }
        }));

        Assert.Equal(2, errors.Count);
        Assert.Equal(errors[0], errors[1]);
        Assert.Contains("the loss is", errors[0], StringComparison.Ordinal);
    }

    private static byte[][] Train(
        TemporaryFolder folder, string net, string solver, int size, int iterations, string? from)
    {
        InProcessJob.Run(size, group =>
        {
            using var pool = new WorkerPool(group.Rank % 2 + 1);
            using Solver built = Prepare(folder, net, solver, iterations, from, pool, group);
            return built.Solve();
        });

        return
        [
            File.ReadAllBytes(folder[$"snap_iter_{iterations}.caffemodel"]),
            File.ReadAllBytes(folder[$"snap_iter_{iterations}.solverstate"]),
        ];
    }

    private static Solver Prepare(
        TemporaryFolder folder, string net, string solver, int iterations, string? from, WorkerPool pool,
        ProcessGroup? group, Func<SolverOptions, SolverOptions>? complete = null)
    {
        string rate = solver.Contains("base_lr", StringComparison.Ordinal) ? "" : "base_lr: 0.1";
        string seed = solver.Contains("random_seed", StringComparison.Ordinal) ? "" : "random_seed: 5";
        string text = $$"""
            {{rate}} {{seed}} lr_policy: 'fixed' max_iter: {{iterations}} snapshot_prefix: '{{folder["snap"]}}'
            {{solver}}
            net_param { {{net}} }
            """;
        var sources = new SourceMap();
        SolverParameter definition = TextFormat.Parse<SolverParameter>(text, "solver.prototxt", sources);
        var options = new SolverOptions { Pool = pool, ResumeFrom = from, Processes = group };
        return new Solver(new SolverDefinition(definition, sources), complete?.Invoke(options) ?? options);
    }
}
