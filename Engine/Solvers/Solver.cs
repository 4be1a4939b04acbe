using Cnn.Engine.Distributed;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Engine.Snapshots;
using Cnn.Engine.Solvers.Passes;
using Cnn.Engine.Solvers.Recording;
using Cnn.Engine.Weights;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Engine.Solvers;

/// <summary>
/// Trains a net: the order of steps that all solver types share. Everything random and every data position is a
/// function of (seed, iteration), so a run that was stopped and continues, in this process or another, gives the same
/// bits as one that never stopped.
/// </summary>
public sealed partial class Solver : IDisposable
{
    private readonly SolverParameter definition;
    private readonly SolverOptions options;
    private readonly WorkerPool pool;
    private readonly bool ownsPool;
    private readonly ParameterUpdater updater;
    private readonly LearningRate learningRate;
    private readonly SmoothedLoss smoothed;
    private readonly List<TestNet> testNets = [];
    private readonly SourceMap sources;
    private readonly EarlyStopping? earlyStopping;
    private readonly IterationLog iterationLog;
    private readonly StepWait dataWait;
    private readonly StepWait groupWait;
    private readonly IterationPasses passes;
    private readonly ProcessGroup? group;
    private readonly Func<GroupRequests> requestsOfThisRank;
    private readonly SnapshotScore snapshotScore;
    private readonly KeptSnapshots kept;
    private readonly RunRecorder? recorder;

    // Set while Solve runs; a caller of Step decides when to stop.
    private bool isSolving;
    private CancellationToken cancellation;

    // What the processes of a group have asked of each other last.
    private GroupRequests agreed;

    // The iteration that reads the start of the data set.
    private int dataStart;

    // What a run that continues after a stop need not repeat: the iteration of the newest snapshot, and that of the
    // loss shown at the end.
    private int? newestSnapshot;
    private int? lastShown;

    /// <summary>
    /// Builds the nets, then restores the snapshot of <see cref="SolverOptions.ResumeFrom"/> or copies the weights to
    /// start from, and fills the other parameters.
    /// </summary>
    /// <exception cref="CnnException">The definition, a net, the snapshot or a weights file is wrong.</exception>
    public Solver(SolverDefinition definition, SolverOptions? options = null)
    {
        this.definition = definition.Message;
        sources = definition.Sources;
        options ??= new SolverOptions();
        ownsPool = options.Pool is null;
        pool = options.Pool ?? new WorkerPool();
        group = options.Processes is { Size: > 1 } ? options.Processes : null;
        options = options with { Pool = pool, Log = IsRoot ? options.Log : null };
        this.options = options;
        options.Log?.Warn(definition.Warnings);
        requestsOfThisRank = RequestsOfThisRank;
        long chosenSeed = ChooseSeed();
        try
        {
            var context = new SolverContext { Definition = this.definition, Sources = sources };
            SolverChecks.RequireRanges(context);
            UpdateRule rule = options.Solvers.Create(context);
            learningRate = new LearningRate(this.definition, sources);
            smoothed = new SmoothedLoss(this.definition.AverageLoss);
            using StateFile? state = options.ResumeFrom is null ? null : StateFile.Open(options.ResumeFrom);
            Seed = this.definition.RandomSeed >= 0 ? this.definition.RandomSeed
                : state is { Extensions.HasRandomSeed: true } ? state.Extensions.RandomSeed
                : chosenSeed;
            var nets = new SolverNets(definition, this.options, Seed);
            TrainNet = nets.BuildTrainNet();
            TrainNet.RunsLayersAlone |= this.definition.DebugInfo;
            TrainNet.PassesAlternate = true;
            nets.BuildTestNets(TrainNet, testNets);
            SolverChecks.RequireShareable(context, TrainNet, group);
            passes = new IterationPasses(TrainNet, this.definition.IterSize, group, pool);
            earlyStopping = this.definition.EarlyStopping is { } early
                ? new EarlyStopping(early, testNets, sources)
                : null;
            updater = new ParameterUpdater(this.definition, rule, TrainNet, pool, options.Log);
            iterationLog = new IterationLog(TrainNet, this.definition.Display, options.Log);
            dataWait = new StepWait(WaitedForData, "data is the bottleneck", options.Log);
            groupWait = new StepWait(() => passes.Waited, "waiting for other processes", options.Log);
            snapshotScore = new SnapshotScore(this.definition, testNets);
            kept = new KeptSnapshots(this.definition, snapshotScore.IsHigherBetter, options.Log);
            Log($"Solver scaffolding done; random seed {Seed}.");
            string[] weights = StartingWeights.PathsOf(definition, this.options);
            if (state is not null)
            {
                Restore(state);
            }
            else
            {
                CopyWeights(weights);
            }

            updater.FindFrozen();
            foreach (Net net in AllNets)
            {
                net.FillParameters();
            }

            group?.Agree(null);
            CompareRanks();

            // Only now, so that processes that do not fit together leave no folder.
            recorder = IsRoot ? RunRecorder.Of(this, this.definition, sources, this.options, dataWait) : null;
            group?.Agree(null);
        }
        catch (Exception exception)
        {
            Dispose();
            Exception located = exception is CnnException mistake && definition.Format == ProtoFormat.Binary
                ? definition.Located(mistake)
                : exception;
            if (group is not null && !ReferenceEquals(exception, group.CommonFailure))
            {
                // The others are told, and throw it too.
                group.Agree(located);
            }

            if (located != exception)
            {
                throw located;
            }

            throw;
        }
    }

    /// <summary>Creates a solver from a file; see <see cref="Solver(SolverDefinition, SolverOptions?)"/>.</summary>
    /// <exception cref="CnnException">A file cannot be read or is wrong.</exception>
    public static Solver Load(string path, SolverOptions? options = null) => new(SolverDefinition.Load(path), options);

    /// <summary>Called after each iteration, on the training thread.</summary>
    public event Action<TrainingProgress>? Progressed;

    /// <summary>
    /// Called before each batch of a test, on the training thread; in a group before each round, in which every process
    /// runs one batch.
    /// </summary>
    public event Action<TestProgress>? TestProgressed;

    /// <summary>Called after each test of a test net, on the training thread; in every process of a group.</summary>
    public event Action<TestScores>? Tested;

    /// <summary>
    /// Called after a test with the best score so far, with the path of the weights that reached it; in rank 0 of a
    /// group, which writes them.
    /// </summary>
    public event Action<string>? BestWritten;

    /// <summary>
    /// Called after each snapshot with the path of its solver state; in rank 0 of a group, which writes it.
    /// </summary>
    public event Action<string>? SnapshotWritten;

    /// <summary>Writes the folder of the run; null without one.</summary>
    public RunWriter? RunWriter => recorder?.Writer;

    /// <summary>The net that is trained.</summary>
    public Net TrainNet { get; }

    /// <summary>The nets that test it.</summary>
    public IReadOnlyList<Net> TestNets => testNets.ConvertAll(t => t.Net);

    /// <summary>Whether early stopping ended the run; it continues only with more patience.</summary>
    public bool EndedEarly => earlyStopping?.IsOver(Iteration) == true;

    private IEnumerable<Net> AllNets => testNets.Select(t => t.Net).Prepend(TrainNet);

    /// <summary>The number of updates done.</summary>
    public int Iteration { get; private set; }

    /// <summary>The total number of updates to do.</summary>
    public int MaxIterations => definition.MaxIter;

    /// <summary>The number of forward and backward passes per iteration.</summary>
    public int PassesAnIteration => definition.IterSize;

    /// <summary>
    /// The share of the training steps so far that was spent waiting for data, from 0 to 1; the first step is not
    /// counted.
    /// </summary>
    public double DataWaitShare => dataWait.Share;

    /// <summary>The seed of everything random in this run.</summary>
    public long Seed { get; }

    /// <summary>The control that asks the run to stop or to write a snapshot.</summary>
    public SolverControl Control { get; } = new();

    private bool IsRoot => group is null or { IsRoot: true };

    private bool StopIsWanted => isSolving && (Control.StopRequested || cancellation.IsCancellationRequested);

    private bool StopIsDue => group is null ? StopIsWanted : isSolving && agreed.HasFlag(GroupRequests.Stop);

    /// <summary>
    /// Trains up to <c>max_iter</c>, or until a stop is requested: by <see cref="SolverControl.RequestStop"/> or by
    /// cancelling. Both end the run after the current iteration, with a snapshot if the solver asks for one at the end.
    /// Calling this again continues the run and gives the same bits as one that never stopped; a test that was cut
    /// short is repeated.
    /// </summary>
    /// <param name="cancellation">Stops the run; it throws nothing.</param>
    /// <returns>True when the run reached its end, false when it was stopped.</returns>
    /// <exception cref="TrainingException">The loss is not finite or a snapshot cannot be written.</exception>
    public bool Solve(CancellationToken cancellation = default)
    {
        (isSolving, this.cancellation) = (true, cancellation);
        try
        {
            AgreeOnStop();
            bool isDone = Run();
            recorder?.End(isDone ? RunState.Completed : RunState.Stopped);
            return isDone;
        }
        catch (Exception exception)
        {
            recorder?.End(RunState.Failed, exception.Message);
            throw;
        }
        finally
        {
            (isSolving, this.cancellation) = (false, default);
        }
    }

    /// <summary>Disposes of the nets and ends the solver's own threads.</summary>
    public void Dispose()
    {
        recorder?.Dispose();

        // Null when the constructor refuses the definition.
        passes?.Dispose();
        TrainNet?.Dispose();
        testNets.ForEach(t => t.Net.Dispose());
        if (ownsPool)
        {
            pool.Dispose();
        }
    }

    /// <summary>
    /// Runs one iteration: the tests and snapshots that are due, the forward and backward passes, and one update.
    /// </summary>
    /// <exception cref="TrainingException">The loss is not finite or a snapshot cannot be written.</exception>
    public void Step()
    {
        recorder?.GoOn();
        if (definition.TestInterval > 0 && Iteration % definition.TestInterval == 0
            && (Iteration > 0 || definition.TestInitialization) && !TestAll())
        {
            return;
        }

        recorder?.BeginStep();
        dataWait.BeginStep();
        groupWait.BeginStep();
        bool display = definition.Display > 0 && Iteration % definition.Display == 0;
        TrainNet.DebugInfo = display && definition.DebugInfo;
        float loss = passes.Run(FirstPass, requestsOfThisRank, out agreed) / definition.IterSize;
        passes.RequireFinite(loss, Iteration);
        smoothed.Add(loss);
        float rate = learningRate.At(Iteration, out bool stepped, smoothed.Value);
        if (display)
        {
            iterationLog.Write(Iteration, smoothed.Value);
        }

        if (stepped)
        {
            string policy = definition.LrPolicy == "plateau" ? "Plateau" : "MultiStep";
            Log($"{policy} Status: Iteration {Iteration}, step = {learningRate.CurrentStep}");
        }

        if (display)
        {
            Log($"Iteration {Iteration}, lr = {CaffeNumber.Format(rate)}");
            dataWait.Warn();
            groupWait.Warn();
        }

        recorder?.BeforeUpdate(loss, smoothed.Value, rate);
        updater.Update(rate, Iteration);
        dataWait.EndStep();
        groupWait.EndStep();
        Iteration++;
        recorder?.EndStep();
        Progressed?.Invoke(
            new TrainingProgress(Iteration, definition.MaxIter, smoothed.Value, rate) { IterationLoss = loss });
        if ((definition.Snapshot > 0 && Iteration % definition.Snapshot == 0) || SnapshotIsWanted())
        {
            WriteSnapshot();
        }
    }

    private bool Run()
    {
        if (definition.Snapshot > 0 || definition.SnapshotAfterTrain || earlyStopping is not null)
        {
            RequireWritableSnapshots();
        }

        recorder?.GoOn();
        Log($"Solving {TrainNet.Name}");
        Log($"Learning Rate Policy: {definition.LrPolicy}");
        while (Iteration < definition.MaxIter && !StopIsDue && !EndedEarly)
        {
            Step();
        }

        bool snapshotIsDue = definition.Snapshot <= 0 || Iteration % definition.Snapshot != 0;
        if (definition.SnapshotAfterTrain && snapshotIsDue && newestSnapshot != Iteration)
        {
            WriteSnapshot();
        }

        if (StopIsDue)
        {
            return EndStopped();
        }

        if (Iteration < definition.MaxIter)
        {
            Log($"Early stopping at iteration {Iteration}");
        }

        if (definition.Display > 0 && Iteration % definition.Display == 0 && lastShown != Iteration)
        {
            Log($"Iteration {Iteration}, loss = {CaffeNumber.Format(passes.Forward(FirstPass))}");
            lastShown = Iteration;
        }

        if (definition.TestInterval > 0 && Iteration % definition.TestInterval == 0 && !TestAll())
        {
            return EndStopped();
        }

        if (earlyStopping is not null)
        {
            Log($"Best score {CaffeNumber.Format(earlyStopping.BestScore)} "
                + $"at iteration {earlyStopping.BestIteration}");
        }

        Log("Optimization Done.");
        return true;
    }

    private bool EndStopped()
    {
        Control.ForgetStop();
        Log("Optimization stopped early.");
        return false;
    }

    // The number of the iteration's first pass in the training.
    private long FirstPass => (long)(Iteration - dataStart) * definition.IterSize;

    private TimeSpan WaitedForData()
    {
        TimeSpan waited = TimeSpan.Zero;
        for (int i = 0; i < TrainNet.Layers.Count; i++)
        {
            waited += TrainNet.Layers[i].Layer.WaitedForData;
        }

        return waited;
    }

    private void Log(string line) => options.Log?.Information("{Line:l}", line);
}
