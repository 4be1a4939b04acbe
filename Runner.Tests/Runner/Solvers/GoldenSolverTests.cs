using System.Globalization;
using Cnn.Layers;
using Cnn.Layers.Kernels.Threading;
using Cnn.Proto;
using Cnn.Runner.Solvers;
using Cnn.Tests.Runner.Graph;

namespace Cnn.Tests.Runner.Solvers;

/// <summary>Twelve iterations of training that the real Caffe recorded; cases that need more than there is are skipped by name.</summary>
[Trait("Category", "Golden")]
public class GoldenSolverTests
{
    public static TheoryData<string, string> Cases => With("tol=");

    // Where Caffe starts the data again on resuming, ours goes on: those runs differ by design.
    public static TheoryData<string, string> CasesToResume => With("resume=exact");

    [Theory]
    [MemberData(nameof(Cases))]
    public void TrainingFollowsCaffesTrace(string name, string folder)
    {
        using var copy = new TemporaryFolder();
        Solver solver = Prepare(name, folder, copy, resume: false);
        string[][] trace = [.. File.ReadLines(Path.Combine(folder, "trace.tsv")).Skip(1).Select(l => l.Split('\t'))];
        double tolerance = Tolerance(folder);
        int row = 0;
        solver.Progressed += progress =>
        {
            float loss = Number(trace[row][1]);
            double near = tolerance * Math.Max(Math.Abs(loss), 0.01);
            Assert.Equal(loss, progress.IterationLoss, near);
            Assert.Equal(Number(trace[row][2]), progress.Loss, near);
            Assert.Equal(Number(trace[row][3]), progress.LearningRate, 1e-6 * Math.Abs(progress.LearningRate));
            row++;
        };
        Assert.True(solver.Solve());
        Assert.Equal(trace.Length, row);
        RequireSameSnapshot(folder, copy.Path, 5, tolerance);
        RequireSameSnapshot(folder, copy.Path, 12, tolerance);
    }

    [Theory]
    [MemberData(nameof(CasesToResume))]
    public void TrainingGoesOnFromCaffesSnapshot(string name, string folder)
    {
        using var copy = new TemporaryFolder();
        Solver solver = Prepare(name, folder, copy, resume: true);
        Assert.Equal(5, solver.Iteration);
        Assert.True(solver.Solve());
        RequireSameSnapshot(folder, copy.Path, 12, Tolerance(folder));
    }

    private static TheoryData<string, string> With(string word)
    {
        var cases = new TheoryData<string, string>();
        foreach (var (name, path) in GoldenFolders.Cases("solvers"))
        {
            if (File.ReadAllText(Path.Combine(path, "case.txt")).Contains(word, StringComparison.Ordinal))
            {
                cases.Add(name, path);
            }
        }

        return cases;
    }

    private static Solver Prepare(string name, string folder, TemporaryFolder copy, bool resume)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            File.Copy(file, copy.PathOf(Path.GetFileName(file)));
        }

        Loaded<SolverParameter> loaded = ProtoFile.LoadSolver(copy.PathOf("solver.prototxt"));
        var missing = ProtoFile.LoadNet(copy.PathOf("net.prototxt")).Message.Layer
            .Select(l => l.Type).Distinct().Where(t => !new LayerRegistry().Types.Contains(t)).ToList();
        Assert.SkipWhen(missing.Count > 0, $"not yet covered: {name} needs {string.Join(", ", missing)}");
        Assert.SkipUnless(UpdateRule.Names.Contains(loaded.Message.Type), $"not yet covered: {name} needs {loaded.Message.Type}");
        Assert.SkipWhen(
            loaded.Message.SnapshotFormat == SolverParameter.Types.SnapshotFormat.Hdf5, $"not yet covered: {name} needs HDF5 snapshots");
        loaded.Message.SnapshotPrefix = copy.PathOf(Path.GetFileName(loaded.Message.SnapshotPrefix));
        var solver = new Solver(loaded.Message, new SolverOptions
        {
            Pool = new WorkerPool(1),
            Sources = loaded.Sources,
            Files = new PathResolver(loaded.Path),
            ResumeFrom = resume ? copy.PathOf("snap_iter_5.solverstate") : null,
        });
        if (!resume)
        {
            solver.TrainNet.CopyWeightsFrom(copy.PathOf("start.caffemodel"));
        }

        return solver;
    }

    private static double Tolerance(string folder) => double.Parse(
        File.ReadAllText(Path.Combine(folder, "case.txt")).Split(' ').First(w => w.StartsWith("tol=", StringComparison.Ordinal))[4..],
        CultureInfo.InvariantCulture);

    private static float Number(string text) => float.Parse(text, CultureInfo.InvariantCulture);

    private static void RequireSameSnapshot(string folder, string written, int iteration, double tolerance)
    {
        string model = $"snap_iter_{iteration}.caffemodel", state = $"snap_iter_{iteration}.solverstate";
        var expected = ProtoFile.LoadWeights(Path.Combine(folder, model));
        var actual = ProtoFile.LoadWeights(Path.Combine(written, model));
        Assert.Equal(expected.Layer.Select(l => (l.Name, l.Type, l.Blobs.Count)), actual.Layer.Select(l => (l.Name, l.Type, l.Blobs.Count)));
        foreach (var (mine, golden) in actual.Layer.Zip(expected.Layer))
        {
            RequireSame($"{model} {golden.Name}", golden.Blobs, mine.Blobs, tolerance);
        }

        var goldenState = ProtoFile.LoadBinary<SolverState>(Path.Combine(folder, state));
        var myState = ProtoFile.LoadBinary<SolverState>(Path.Combine(written, state));
        Assert.Equal((goldenState.Iter, goldenState.CurrentStep), (myState.Iter, myState.CurrentStep));
        RequireSame(state, goldenState.History, myState.History, tolerance);
    }

    private static void RequireSame(string what, IList<BlobProto> expected, IList<BlobProto> actual, double tolerance)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Shape, actual[i].Shape);
            GoldenCase.RequireClose($"{what} blob {i}", expected[i].Data, actual[i].Data.ToArray(), tolerance);
        }
    }
}
