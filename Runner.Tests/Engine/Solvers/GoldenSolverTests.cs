using System.Globalization;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Tests.Engine.Graph;

namespace Cnn.Tests.Engine.Solvers;

/// <summary>Twelve iterations of training that the real Caffe recorded; snapshots in both formats.</summary>
[Trait("Category", "Golden")]
public class GoldenSolverTests
{
    public static TheoryData<string, string> Cases => With("tol=");

    public static TheoryData<string, string> CasesToResume => With("resume=exact");

    // Where Caffe restarts the data on resuming, ours continues, unless it is told to do as Caffe does.
    public static TheoryData<string, string> CasesThatRestartTheirData => With("resume=restarts_data");

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

    [Theory]
    [MemberData(nameof(CasesThatRestartTheirData))]
    public void TrainingThatStartsItsDataAgainDoesAsCaffe(string name, string folder)
    {
        using var copy = new TemporaryFolder();
        Solver solver = Prepare(name, folder, copy, resume: true, restartsData: true);
        Assert.True(solver.Solve());
        RequireSameWeights(
            Path.Combine(folder, "resumed_iter_12.caffemodel"), copy["snap_iter_12.caffemodel"], Tolerance(folder));
    }

    [Theory]
    [MemberData(nameof(CasesThatRestartTheirData))]
    public void TrainingThatGoesOnWithItsDataIsTrainingThatNeverStopped(string name, string folder)
    {
        using var copy = new TemporaryFolder();
        Assert.True(Prepare(name, folder, copy, resume: true).Solve());
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

    private static Solver Prepare(
        string name, string folder, TemporaryFolder copy, bool resume, bool restartsData = false)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            File.Copy(file, copy[Path.GetFileName(file)]);
        }

        SolverDefinition loaded = SolverDefinition.Load(copy["solver.prototxt"]);
        loaded.Message.SnapshotPrefix = copy[Path.GetFileName(loaded.Message.SnapshotPrefix)];
        var solver = new Solver(loaded, new SolverOptions
        {
            Pool = new WorkerPool(1),
            RestartsData = restartsData,
            ResumeFrom = resume ? Directory.GetFiles(copy.Path, "snap_iter_5.solverstate*").Single() : null,
        });
        if (!resume)
        {
            solver.TrainNet.CopyWeightsFrom(copy["start.caffemodel"]);
        }

        return solver;
    }

    private static double Tolerance(string folder) => double.Parse(
        File.ReadAllText(Path.Combine(folder, "case.txt")).Split(' ')
            .First(w => w.StartsWith("tol=", StringComparison.Ordinal))[4..],
        CultureInfo.InvariantCulture);

    private static float Number(string text) => float.Parse(text, CultureInfo.InvariantCulture);

    private static void RequireSameSnapshot(string folder, string written, int iteration, double tolerance)
    {
        string suffix = File.Exists(Path.Combine(folder, $"snap_iter_{iteration}.caffemodel")) ? "" : ".h5";
        string model = $"snap_iter_{iteration}.caffemodel{suffix}",
            state = $"snap_iter_{iteration}.solverstate{suffix}";
        RequireSameWeights(Path.Combine(folder, model), Path.Combine(written, model), tolerance);
        using StateFile goldenState = StateFile.Open(Path.Combine(folder, state)),
            myState = StateFile.Open(Path.Combine(written, state));
        Assert.Equal((goldenState.Iteration, goldenState.CurrentStep), (myState.Iteration, myState.CurrentStep));
        RequireSame(state, goldenState.History, myState.History, tolerance);
    }

    private static void RequireSameWeights(string goldenPath, string minePath, double tolerance)
    {
        using WeightsFile expected = WeightsFile.Open(goldenPath), actual = WeightsFile.Open(minePath);

        // HDF5 keeps groups in the order of their names.
        StoredLayer[] goldens = [.. expected.Layers], mines = [.. actual.Layers];
        if (goldenPath.EndsWith(".h5", StringComparison.Ordinal))
        {
            Array.Sort(goldens, (a, b) => string.CompareOrdinal(a.Name, b.Name));
            Array.Sort(mines, (a, b) => string.CompareOrdinal(a.Name, b.Name));
        }

        Assert.Equal(goldens.Select(l => (l.Name, l.Blobs.Count)), mines.Select(l => (l.Name, l.Blobs.Count)));
        foreach (var (mine, golden) in mines.Zip(goldens))
        {
            RequireSame($"{goldenPath} {golden.Name}", golden.Blobs, mine.Blobs, tolerance);
        }
    }

    private static void RequireSame(
        string what, IReadOnlyList<StoredBlob?> expected, IReadOnlyList<StoredBlob?> actual, double tolerance)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i]!.Shape.Axes, actual[i]!.Shape.Axes);
            GoldenCase.RequireClose($"{what} blob {i}", Values(expected[i]!), Values(actual[i]!), tolerance);
        }
    }

    private static float[] Values(StoredBlob blob)
    {
        var values = new float[blob.Data.Count];
        blob.Data.CopyTo(values);
        return values;
    }
}
