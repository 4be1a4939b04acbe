using Cnn.Engine.Drawing;
using Cnn.Engine.Pages;
using Cnn.Engine.Runs;
using Cnn.Proto;

namespace Cnn.Engine.Solvers.Recording;

/// <summary>
/// Writes what a solver does to the folder of a run: figures as often as <c>run_interval</c> says, histograms, filters
/// and times of layers as often as <c>run_histograms</c> says, tests, snapshots and how the run ends. It reads the nets
/// alone, so a run that is recorded computes the same bits.
/// </summary>
internal sealed class RunRecorder : IDisposable
{
    private const int Figures = 10_000, MostBoxes = 600, MostWireLength = 20_000;

    private readonly Solver solver;
    private readonly SolverParameter definition;
    private readonly SolverOptions options;
    private readonly StepWait wait;
    private readonly RunInfo info;
    private readonly string folder;
    private readonly RecordingSchedule schedule;
    private readonly OutputFigures outputs;
    private readonly Throughput throughput;
    private readonly NetRecorder nets;
    private PageRefresher? page;
    private bool hasEnded;
    private bool hasSamples;
    private bool hasSpeed;

    private RunRecorder(
        Solver solver, SolverParameter definition, SourceMap sources, SolverOptions options, StepWait wait,
        string folder)
    {
        (this.solver, this.definition, this.options) = (solver, definition, options);
        (this.wait, this.folder) = (wait, folder);
        info = RunDescription.Of(solver, definition, sources, options);
        schedule = new RecordingSchedule(definition.RunInterval, Figures);
        outputs = new OutputFigures(
            solver.TrainNet,
            [
                CurveNames.Loss, CurveNames.SmoothedLoss, CurveNames.LearningRate, CurveNames.ImagesPerSecond,
                CurveNames.DataWait,
            ]);
        throughput = new Throughput((long)RunDescription.Batch(solver.TrainNet) * definition.IterSize, wait);
        nets = new NetRecorder(
            solver.TrainNet, definition, definition.IterSize / (options.Processes?.Size ?? 1));
        Classes = ClassTally.First(solver.TestNets);
        if (options.ResumeFrom is null && options.ReplacesRun)
        {
            RequireReplaceable();
        }

        bool goesOn = options.ResumeFrom is not null || options.ReplacesRun;
        Writer = Open(goesOn ? solver.Iteration : null);
    }

    /// <summary>Writes the folder.</summary>
    public RunWriter Writer { get; private set; }

    /// <summary>Watches the classes of a test net; null where none classifies.</summary>
    public ClassTally? Classes { get; }

    /// <summary>Starts to record a solver, if its options or its definition name a folder; else null.</summary>
    /// <param name="solver">The solver, ready to train.</param>
    /// <param name="definition">Its definition.</param>
    /// <param name="sources">The source locations of the definition.</param>
    /// <param name="options">Its options; the pool is set.</param>
    /// <param name="wait">Measures its steps.</param>
    /// <exception cref="CnnException">The folder cannot be written or holds something else.</exception>
    public static RunRecorder? Of(
        Solver solver, SolverParameter definition, SourceMap sources, SolverOptions options, StepWait wait) =>
        (options.Run ?? definition.Run) is { Length: > 0 } folder
            ? new RunRecorder(solver, definition, sources, options, wait, folder)
            : null;

    /// <summary>Goes on with the folder if the run has ended: its solver is asked for more.</summary>
    public void GoOn()
    {
        if (hasEnded)
        {
            Writer.Dispose();
            Writer = Open(solver.Iteration);
            hasEnded = false;
        }
    }

    /// <summary>
    /// Tells that a snapshot is about to be written: a run that goes on from it has the figures before it.
    /// </summary>
    public void BeforeSnapshot() => Writer.FlushToDisk();

    /// <summary>Tells that a step begins, after its tests.</summary>
    public void BeginStep() => nets.BeginStep();

    /// <summary>Records a step whose gradients are computed and whose update is yet to come.</summary>
    /// <param name="loss">The loss of the iteration.</param>
    /// <param name="smoothed">The smoothed loss.</param>
    /// <param name="rate">The learning rate.</param>
    public void BeforeUpdate(float loss, float smoothed, float rate)
    {
        int iteration = solver.Iteration;
        if (IsDue(iteration))
        {
            Writer.Scalar(CurveNames.Loss, iteration, loss);
            if (definition.AverageLoss > 1)
            {
                Writer.Scalar(CurveNames.SmoothedLoss, iteration, smoothed);
            }

            Writer.Scalar(CurveNames.LearningRate, iteration, rate);
            outputs.Write(Writer, iteration);
        }

        if (hasSamples && !nets.IsDue(iteration))
        {
            return;
        }

        wait.Pause();
        if (!hasSamples)
        {
            hasSamples = true;
            WriteSamples(iteration);
        }

        nets.Write(Writer, iteration);
        wait.GoOn();
    }

    /// <summary>Tells that a step has ended.</summary>
    public void EndStep()
    {
        int iteration = solver.Iteration - 1;
        nets.EndStep(Writer, iteration);
        if (IsDue(iteration))
        {
            WriteSpeed(iteration, isLast: false);
        }

        Writer.Advance(solver.Iteration);
    }

    /// <summary>Records the scores of a test.</summary>
    public void Tested(TestScores scores)
    {
        string group = "test" + RunDescription.Number(scores.TestNet);
        foreach (var output in scores.Outputs.GroupBy(o => o.Blob, o => o.Mean))
        {
            double[] means = [.. output];
            if (means.Length <= OutputFigures.MostValues)
            {
                string[] names = OutputFigures.NamesOf(group, output.Key, means.Length);
                for (int i = 0; i < means.Length; i++)
                {
                    Writer.Scalar(names[i], scores.Iteration, means[i]);
                }
            }
        }

        if (Classes is not null && Classes.TestNet == scores.TestNet)
        {
            Writer.Classes(Classes.Report(scores.Iteration));
        }
    }

    /// <summary>Records a snapshot.</summary>
    /// <param name="path">The path of its solver state.</param>
    public void SnapshotWritten(string path)
    {
        Writer.SnapshotWritten(path);
        if (hasEnded)
        {
            // One may be asked for after the run has stopped.
            WritePage();
        }
    }

    /// <summary>Records how the run ends; it may go on later.</summary>
    public void End(RunState state, string failure = "")
    {
        if (!hasSpeed && solver.Iteration > 0)
        {
            WriteSpeed(solver.Iteration - 1, isLast: true);
        }

        hasEnded = true;
        Writer.End(state, failure);
        if (page is not null)
        {
            page.Dispose();
        }
        else
        {
            WritePage();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!hasEnded)
        {
            End(solver.Iteration >= solver.MaxIterations ? RunState.Completed : RunState.Stopped);
        }

        Writer.Dispose();
    }

    private bool IsDue(int iteration) => schedule.IsDue(iteration) || iteration == definition.MaxIter - 1;

    // A run that came as far as a snapshot is not begun anew for want of one.
    private void RequireReplaceable()
    {
        if (RunFolder.IsRun(folder)
            && RunDocument.Read(folder) is { } before
            && (before.LastSnapshot.Length > 0 || before.State == RunState.Completed))
        {
            string snapshot = before.LastSnapshot.Length > 0 ? $" with the snapshot '{before.LastSnapshot}'" : "";
            throw new CnnException(
                $"the folder '{folder}' has a run{snapshot}, but there is no snapshot of "
                + $"'{definition.SnapshotPrefix}' to go on from",
                "name the snapshot, or another folder");
        }
    }

    private RunWriter Open(int? resumesAt)
    {
        RunWriter writer = RunWriter.Open(folder, info, resumesAt, options.Time);
        try
        {
            Describe(writer);
            return writer;
        }
        catch
        {
            writer.End(RunState.Failed);
            throw;
        }
    }

    private void Describe(RunWriter writer)
    {
        writer.Failed += problem => options.Log?.Warning(
            "{Line:l}", $"the run is no longer written to '{folder}': {problem.Diagnostics[0].Message}");
        foreach (var (name, text) in RunDescription.Definitions(solver, definition))
        {
            writer.Definition(name, text);
        }

        Draw(writer);
        page = options.Time is { } time ? new PageRefresher(writer, time, WarnOfPage) : null;
    }

    // A net that takes long to draw, or cannot be drawn, is trained all the same.
    private void Draw(RunWriter writer)
    {
        string problem;
        try
        {
            var drawing = NetDrawing.Of(solver.TrainNet);
            if (drawing is { BoxCount: <= MostBoxes, WireLength: <= MostWireLength })
            {
                writer.Drawing(drawing.ToSvg());
                return;
            }

            problem = "it is too large to be drawn quickly";
        }
        catch (CnnException exception)
        {
            problem = exception.Diagnostics[0].Message;
        }

        options.Log?.Information(
            "{Line:l}", $"net '{solver.TrainNet.Name}' is not drawn on the page of the run: {problem}");
    }

    private void WritePage()
    {
        try
        {
            RunPage.Write(
                Path.Combine(Writer.Folder, PageRefresher.FileName),
                [Writer.Snapshot()],
                new PageOptions { Written = options.Time?.GetUtcNow() });
        }
        catch (CnnException problem)
        {
            WarnOfPage(problem);
        }
    }

    private void WarnOfPage(CnnException problem) => options.Log?.Warning(
        "{Line:l}", $"the page of the run is not written: {problem.Diagnostics[0].Message}");

    private void WriteSamples(int iteration)
    {
        foreach (var (name, images, isRedFirst) in SampleImages.In(solver.TrainNet))
        {
            Writer.Image($"samples/{name}", iteration, SampleImages.Sheet(images, isRedFirst));
        }
    }

    private void WriteSpeed(int iteration, bool isLast)
    {
        if (throughput.TryTake(isLast, out double images, out double waiting))
        {
            hasSpeed = true;
            Writer.Scalar(CurveNames.ImagesPerSecond, iteration, images);
            Writer.Scalar(CurveNames.DataWait, iteration, waiting);
        }
    }
}
