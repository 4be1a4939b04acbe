using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Engine.Solvers;
using Cnn.Engine.Solvers.Recording;

namespace Cnn.Runner.Display;

/// <summary>
/// Collects from a solver what the panel of its run shows. The solver's thread adds, another one reads; adding the
/// figures of an iteration allocates nothing.
/// </summary>
internal sealed class TrainingTracker
{
    // Long enough for a mean that can be read, short enough for one that follows; used where average_loss gives none.
    private const int UsualWindow = 20;

    // Three decades: more is not shown, and a span of time holds no more than some millennia.
    private const double MostSeconds = 1e9;

    // The scores of a blob of many values would fill the terminal.
    private const int MostTests = 30;

    // The iterations from which on a rate counts as still; that of some policies changes with each.
    private const int Stillness = 10;

    private readonly Lock gate = new();
    private readonly Solver solver;
    private readonly TimeProvider clock;
    private readonly long began;
    private readonly int first, images;
    private readonly int averageLoss;
    private readonly float[] recent = new float[UsualWindow];
    private readonly LossTrail trail = new();
    private readonly Speedometer speed = new();
    private readonly List<TestStatus>[] tests;

    private TrainingProgress progress;
    private double meanLoss, dataWait;
    private TimeSpan marked;
    private int? rateSince;
    private TestProgress? test;
    private (int Iteration, string File, TimeSpan Time)? snapshot;
    private RunState state;

    /// <summary>Starts to listen to a solver that has not started to train.</summary>
    /// <param name="solver">The solver.</param>
    /// <param name="averageLoss">The number of iterations that its smoothed loss is the mean of.</param>
    /// <param name="clock">The clock.</param>
    public TrainingTracker(Solver solver, int averageLoss, TimeProvider clock)
    {
        (this.solver, this.averageLoss, this.clock) = (solver, averageLoss, clock);
        began = clock.GetTimestamp();
        first = solver.Iteration;
        images = RunDescription.Batch(solver.TrainNet) * solver.PassesAnIteration;
        progress = new TrainingProgress(first, solver.MaxIterations, float.NaN, 0) { IterationLoss = float.NaN };
        tests = [.. solver.TestNets.Select((net, n) => net.Outputs.Select(o => NewTest(net, n, o)).ToList())];
        solver.Progressed += p => Add(p, solver.DataWaitShare);
        solver.TestProgressed += Add;
        solver.Tested += Add;
        solver.SnapshotWritten += path => AddSnapshot(solver.Iteration, Path.GetFileName(path));
    }

    private int Window => averageLoss > 1 ? averageLoss : UsualWindow;

    private TimeSpan Now => clock.GetElapsedTime(began);

    /// <summary>Says that the run ended.</summary>
    public void End(RunState how)
    {
        lock (gate)
        {
            (state, test) = (how, null);
        }
    }

    /// <summary>Returns what is known now.</summary>
    public TrainingStatus Read()
    {
        lock (gate)
        {
            TimeSpan now = Now;
            int done = progress.Iteration - first;
            return new TrainingStatus
            {
                Net = solver.TrainNet.Name,
                State = state,
                IsStopping = solver.Control.StopRequested,
                Test = test,
                Iteration = progress.Iteration,
                MaxIterations = progress.MaxIterations,
                Elapsed = now,
                Left = done > 0 ? Left(done, now) : null,
                Loss = progress.IterationLoss,
                MeanLoss = meanLoss,
                MeanOf = Math.Min(done, Window),
                Losses = trail.Means(),
                LossSpan = trail.Span,
                LearningRate = progress.LearningRate,
                RateSince = progress.Iteration - rateSince >= Stillness ? rateSince : null,
                Speed = speed.PerSecond * Math.Max(1, images),
                CountsImages = images > 0,
                DataWait = dataWait,
                Tests = [.. tests.SelectMany(t => t)],
                SnapshotIteration = snapshot?.Iteration,
                SnapshotFile = snapshot?.File ?? "",
                SnapshotAge = now - (snapshot?.Time ?? now),
            };
        }
    }

    private void Add(TrainingProgress value, double waited)
    {
        lock (gate)
        {
            TimeSpan now = Now;
            int done = value.Iteration - first;
            bool isOther = value.LearningRate != progress.LearningRate;
            rateSince = done <= 1 || !isOther ? rateSince : value.Iteration - 1;
            (progress, dataWait) = (value, waited);
            recent[done % UsualWindow] = value.IterationLoss;
            meanLoss = averageLoss > 1 ? value.Loss : Mean(Math.Min(done, UsualWindow));
            trail.Add(value.IterationLoss, now);
            speed.Add(now - marked);
            marked = now;
        }
    }

    private double Mean(int count)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += recent[(progress.Iteration - first - i) % UsualWindow];
        }

        return sum / count;
    }

    // The mean pace so far, tests included; the clock goes on while an iteration lasts.
    private TimeSpan Left(int done, TimeSpan now)
    {
        double seconds = (marked.TotalSeconds / done * (progress.MaxIterations - progress.Iteration))
            - (now - marked).TotalSeconds;
        return TimeSpan.FromSeconds(Math.Clamp(seconds, 0, MostSeconds));
    }

    private void Add(TestProgress value)
    {
        lock (gate)
        {
            test = value;
        }
    }

    private void Add(TestScores scores)
    {
        lock (gate)
        {
            List<TestStatus> of = tests[scores.TestNet];
            for (int i = 0; i < Math.Min(scores.Outputs.Count, MostTests); i++)
            {
                var (blob, mean) = scores.Outputs[i];
                TestStatus status = i < of.Count && of[i].Blob == blob
                    ? of[i]
                    : NewTest(solver.TestNets[scores.TestNet], scores.TestNet, blob);
                if (i < of.Count)
                {
                    of[i] = status.With(scores.Iteration, mean);
                }
                else
                {
                    of.Add(status.With(scores.Iteration, mean));
                }
            }

            (test, marked) = (null, Now);
        }
    }

    private void AddSnapshot(int iteration, string file)
    {
        lock (gate)
        {
            marked = Now;
            snapshot = (iteration, file, marked);
        }
    }

    private static TestStatus NewTest(Net net, int index, string blob) => new(
        blob, index, NetOutputs.LossWeight(net, blob) != 0 || new RunInfo().IsLessBetter(blob));
}
