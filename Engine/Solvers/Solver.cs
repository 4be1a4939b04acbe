using System.Security.Cryptography;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Engine.Snapshots;
using Cnn.Layers;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Update;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Engine.Solvers;

/// <summary>
/// Trains a net: the order of steps that all solver types share. Everything random and every data position is a function
/// of (seed, iteration), so a run resumed from a snapshot goes on with the same bits as one that never stopped.
/// </summary>
public sealed class Solver : IDisposable
{
    private readonly SolverParameter definition;
    private readonly SolverOptions options;
    private readonly WorkerPool pool;
    private readonly bool ownsPool;
    private readonly UpdateRule rule;
    private readonly LearningRate learningRate;
    private readonly SmoothedLoss smoothed;
    private readonly List<TestNet> testNets;
    private readonly Blob[][] histories;
    private readonly EarlyStopping? earlyStopping;

    // Parameters whose update would change nothing: frozen, with nothing left of an earlier gradient.
    private readonly bool[] rests;
    private readonly DisplaySpeed speed = new();

    // The iteration whose data is the data set's first.
    private int dataStart;

    /// <summary>Builds the nets and, with <see cref="SolverOptions.ResumeFrom"/>, restores a snapshot.</summary>
    /// <exception cref="CnnException">The definition, a net or the snapshot is wrong.</exception>
    public Solver(SolverDefinition definition, SolverOptions? options = null)
        : this(
            definition.Message,
            (options ?? new SolverOptions()) with { Sources = definition.Sources, Files = definition.Files })
    {
    }

    /// <summary>A solver of a file; see <see cref="Solver(SolverDefinition, SolverOptions?)"/>.</summary>
    /// <exception cref="CnnException">A file cannot be read or is wrong.</exception>
    public static Solver Load(string path, SolverOptions? options = null) => new(SolverDefinition.Load(path), options);

    internal Solver(SolverParameter definition, SolverOptions options)
    {
        this.definition = definition;
        ownsPool = options.Pool is null;
        pool = options.Pool ?? new WorkerPool();
        this.options = options with { Pool = pool };
        try
        {
            CheckRanges();
            rule = UpdateRule.Create(definition, options.Sources);
            learningRate = new LearningRate(definition, options.Sources);
            smoothed = new SmoothedLoss(definition.AverageLoss);
            using StateFile? state = options.ResumeFrom is null ? null : StateFile.Open(options.ResumeFrom);
            Seed = definition.RandomSeed >= 0 ? definition.RandomSeed
                : state is { Extensions.HasRandomSeed: true } ? state.Extensions.RandomSeed
                : RandomNumberGenerator.GetInt32(int.MaxValue);
            var nets = new SolverNets(definition, this.options, Seed);
            TrainNet = nets.BuildTrainNet();
            testNets = nets.BuildTestNets(TrainNet);
            earlyStopping = definition.EarlyStopping is { } early ? new EarlyStopping(early, testNets, options.Sources) : null;
            histories = new Blob[TrainNet.Learnable.Count][];
            for (int i = 0; i < histories.Length; i++)
            {
                histories[i] = new Blob[rule.HistoriesPerParameter];
                for (int j = 0; j < histories[i].Length; j++)
                {
                    histories[i][j] = new Blob(TrainNet.Learnable[i].Blob.Shape);
                }
            }

            Tell($"Solver scaffolding done; random seed {Seed}.");
            if (state is not null)
            {
                Restore(state);
            }

            rests = Array.ConvertAll([.. Enumerable.Range(0, histories.Length)], Rests);
            if (!options.DefersFilling)
            {
                FillParameters();
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Called after each iteration, on the training thread.</summary>
    public event Action<TrainingProgress>? Progressed;

    /// <summary>Called after each test of a test net, on the training thread.</summary>
    public event Action<TestScores>? Tested;

    /// <summary>Called after a test with the best score so far, with the path of the weights that had it.</summary>
    public event Action<string>? BestWritten;

    /// <summary>Called after each snapshot with the path of its solver state.</summary>
    public event Action<string>? SnapshotWritten;

    /// <summary>The net that is trained.</summary>
    public Net TrainNet { get; }

    /// <summary>The nets that test it.</summary>
    public IReadOnlyList<Net> TestNets => testNets.ConvertAll(t => t.Net);

    private IEnumerable<Net> AllNets => testNets.Select(t => t.Net).Prepend(TrainNet);

    /// <summary>Updates done.</summary>
    public int Iteration { get; private set; }

    /// <summary>Updates to do in all.</summary>
    public int MaxIterations => definition.MaxIter;

    /// <summary>Forward and backward passes an iteration.</summary>
    public int PassesAnIteration => definition.IterSize;

    /// <summary>The seed of everything random in this run.</summary>
    public long Seed { get; }

    /// <summary>Asks the run to stop or to write a snapshot.</summary>
    public SolverControl Control { get; } = new();

    /// <summary>
    /// Trains up to <c>max_iter</c>, or until <see cref="SolverControl.RequestStop"/>.
    /// </summary>
    /// <returns>True when the run came to its end, false when it was stopped.</returns>
    /// <exception cref="TrainingException">The loss is not finite or a snapshot cannot be written.</exception>
    public bool Solve()
    {
        if (definition.Snapshot > 0 || definition.SnapshotAfterTrain || earlyStopping is not null)
        {
            SnapshotFiles.ProbeWritable(
                definition.SnapshotPrefix, options.Sources.Find(definition, SolverParameter.SnapshotPrefixFieldNumber));
            SnapshotFiles.RequireWritable(definition, TrainNet);
        }

        Tell($"Solving {TrainNet.Name}");
        Tell($"Learning Rate Policy: {definition.LrPolicy}");
        while (Iteration < definition.MaxIter && !Control.StopRequested && earlyStopping?.IsOver(Iteration) != true)
        {
            Step();
        }

        bool snapshotIsDue = definition.Snapshot <= 0 || Iteration % definition.Snapshot != 0;
        if (definition.SnapshotAfterTrain && snapshotIsDue)
        {
            WriteSnapshot();
        }

        if (Control.StopRequested)
        {
            Tell("Optimization stopped early.");
            return false;
        }

        if (Iteration < definition.MaxIter)
        {
            Tell($"Early stopping at iteration {Iteration}");
        }

        if (definition.Display > 0 && Iteration % definition.Display == 0)
        {
            TrainNet.Clock.Pass = (long)(Iteration - dataStart) * definition.IterSize;
            Tell($"Iteration {Iteration}, loss = {CaffeNumber.Format(TrainNet.Forward())}");
        }

        if (definition.TestInterval > 0 && Iteration % definition.TestInterval == 0)
        {
            TestAll();
        }

        if (earlyStopping is not null)
        {
            Tell($"Best score {CaffeNumber.Format(earlyStopping.BestScore)} at iteration {earlyStopping.BestIteration}");
        }

        Tell("Optimization Done.");
        return true;
    }

    /// <summary>Ends the threads that are the solver's own.</summary>
    public void Dispose()
    {
        if (ownsPool)
        {
            pool.Dispose();
        }
    }

    /// <summary>Writes a snapshot of the current iteration.</summary>
    /// <returns>The path of the solver state.</returns>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public string WriteSnapshot()
    {
        var state = new SnapshotState
        {
            Iteration = Iteration,
            CurrentStep = learningRate.CurrentStep,
            Seed = Seed,
            Histories = HistoryOrder(),
            LayerStates = LayerStates.Capture(AllNets),
            EarlyStopping = earlyStopping?.State,
        };
        string path = SnapshotFiles.Write(definition, TrainNet, state, options.Log);
        SnapshotWritten?.Invoke(path);
        return path;
    }

    /// <summary>
    /// One iteration: tests and snapshots that are due, forward and backward passes, one update.
    /// </summary>
    /// <exception cref="TrainingException">The loss is not finite or a snapshot cannot be written.</exception>
    public void Step()
    {
        TrainNet.ClearParameterDiffs();
        if (definition.TestInterval > 0 && Iteration % definition.TestInterval == 0
            && (Iteration > 0 || definition.TestInitialization) && !TestAll())
        {
            return;
        }

        bool display = definition.Display > 0 && Iteration % definition.Display == 0;
        TrainNet.DebugInfo = display && definition.DebugInfo;
        float loss = 0;
        for (int pass = 0; pass < definition.IterSize; pass++)
        {
            TrainNet.Clock.Pass = ((long)(Iteration - dataStart) * definition.IterSize) + pass;
            loss += TrainNet.Forward();
            TrainNet.Backward();
        }

        loss /= definition.IterSize;
        RequireFinite(loss);
        smoothed.Add(loss);
        float rate = learningRate.At(Iteration, out bool stepped);
        if (display)
        {
            TellIteration();
        }

        if (stepped)
        {
            Tell($"MultiStep Status: Iteration {Iteration}, step = {learningRate.CurrentStep}");
        }

        if (display)
        {
            Tell($"Iteration {Iteration}, lr = {CaffeNumber.Format(rate)}");
        }

        Update(rate);
        Iteration++;
        Progressed?.Invoke(new TrainingProgress(Iteration, definition.MaxIter, smoothed.Value, rate) { IterationLoss = loss });
        if ((definition.Snapshot > 0 && Iteration % definition.Snapshot == 0) || Control.TakeSnapshotRequest())
        {
            WriteSnapshot();
        }
    }

    /// <summary>Fills the parameters that neither a snapshot nor a weights file gave values.</summary>
    /// <exception cref="CnnException">A filler cannot fill its blob.</exception>
    internal void FillParameters()
    {
        foreach (Net net in AllNets)
        {
            net.FillParameters();
        }
    }

    private void Update(float rate)
    {
        float scale = ClippingScale() / definition.IterSize;
        bool isL1 = definition.RegularizationType == "L1";
        for (int i = 0; i < histories.Length; i++)
        {
            LearnableParameter parameter = TrainNet.Learnable[i];
            if (rests[i])
            {
                continue;
            }

            var step = new GradientStep(
                rate * parameter.LearningRateMultiplier,
                scale,
                definition.WeightDecay * parameter.DecayMultiplier,
                isL1,
                definition.SnapshotDiff);
            rule.Update(parameter.Blob, histories[i], step, Iteration, pool);
        }
    }

    // The norm is that of the accumulated gradients of all parameters, before normalisation and decay.
    private float ClippingScale()
    {
        if (definition.ClipGradients < 0)
        {
            return 1;
        }

        double squares = 0;
        for (int i = 0; i < TrainNet.Learnable.Count; i++)
        {
            squares += rests[i] ? 0 : SumOfSquares(TrainNet.Learnable[i].Blob);
        }

        float norm = (float)Math.Sqrt(squares);
        if (!(norm > definition.ClipGradients))
        {
            return 1;
        }

        float factor = definition.ClipGradients / norm;
        Tell($"Gradient clipping: scaling down gradients (L2 norm {CaffeNumber.Format(norm)} > "
            + $"{CaffeNumber.Format(definition.ClipGradients)}) by scale factor {CaffeNumber.Format(factor)}");
        return factor;
    }

    private bool Rests(int index)
    {
        LearnableParameter parameter = TrainNet.Learnable[index];
        bool isFrozen = parameter.LearningRateMultiplier == 0 && !parameter.HasGradient;
        bool hasNoDecay = definition.WeightDecay * parameter.DecayMultiplier == 0;
        return isFrozen && (rule.RestsAtRateZero || hasNoDecay)
            && (Iteration == 0 || Array.TrueForAll(histories[index], h => !h.Data.ContainsAnyExcept(0f)));
    }

    private unsafe double SumOfSquares(Blob parameter)
    {
        float sum = 0;
        ReductionKernel.Forward(
            parameter.DiffPointer, &sum, 1, parameter.Count, ReductionKernel.Term.Square, 1, pool);
        return sum;
    }

    private bool TestAll()
    {
        LayerState[] before = LayerStates.Capture(AllNets);
        bool isWhole = testNets.TrueForAll(TestOne);
        if (!isWhole)
        {
            // The run that goes on from here does these tests again, from the same states.
            LayerStates.Restore(AllNets, before, "the interrupted test", options.Log);
        }

        return isWhole;
    }

    private bool TestOne(TestNet test)
    {
        if (Control.StopRequested)
        {
            return false;
        }

        Tell($"Iteration {Iteration}, Testing net (#{test.Index})");

        // Which test this is follows from the iteration, so a resumed run tests on the same data.
        long round = (Iteration / definition.TestInterval) - (dataStart / definition.TestInterval)
            - (definition.TestInitialization || dataStart > 0 ? 0 : 1);
        if (test.Run(Math.Max(0, round), definition.TestComputeLoss, options.Log, Control) is not { } scores)
        {
            return false;
        }

        Tested?.Invoke(scores);
        if (earlyStopping?.Look(Iteration, scores) == true)
        {
            BestWritten?.Invoke(SnapshotFiles.WriteBest(definition, TrainNet));
        }

        return true;
    }

    private void RequireFinite(float loss)
    {
        if (float.IsFinite(loss))
        {
            return;
        }

        NetLayer? culprit = TrainNet.FirstNotFinite();
        throw new TrainingException(
            $"iteration {Iteration}: the loss is {CaffeNumber.Format(loss)}; "
            + (culprit is null
                ? "every blob is finite, so the weighted sum of the losses overflowed"
                : $"the first layer whose output is not finite is '{culprit.Name}' ({culprit.Layer.Type})")
            + "; a smaller base_lr or clip_gradients may help");
    }

    private void TellIteration()
    {
        if (options.Log is not { } log)
        {
            return;
        }

        Tell(speed.Line(Iteration, definition.Display, smoothed.Value));
        var values = new double[TrainNet.Outputs.Sum(name => TrainNet.FindBlob(name).Count)];
        int at = 0;
        foreach (string name in TrainNet.Outputs)
        {
            foreach (float value in TrainNet.FindBlob(name).Data)
            {
                values[at++] = value;
            }
        }

        NetOutputs.Tell(TrainNet, "Train", values, 1, log);
    }

    private void Restore(StateFile state)
    {
        string path = options.ResumeFrom!;
        Tell($"Resuming from {path}");
        Blob[] mine = HistoryOrder();
        if (state.History.Count != mine.Length)
        {
            throw new CnnException(
                $"{path}: holds {state.History.Count} history blobs, this solver has {mine.Length}",
                "resume with the net and the solver type that wrote the snapshot");
        }

        for (int i = 0; i < mine.Length; i++)
        {
            StoredBlob stored = state.History[i];
            if (stored.Data.Count != mine[i].Count)
            {
                throw new CnnException(
                    $"{path}: history blob {i} has shape {stored.ShapeText} and {stored.Data.Count} values, this net's "
                    + $"parameter has shape {mine[i].ShapeText}",
                    "resume with the net that wrote the snapshot");
            }
        }

        if (state.LearnedNet is { } weights)
        {
            TrainNet.CopyWeightsFrom(SnapshotFiles.FindWeights(path, weights));
        }

        Tell("SGDSolver: restoring history");
        for (int i = 0; i < mine.Length; i++)
        {
            state.History[i].Data.CopyTo(mine[i].Data);
        }

        LayerStates.Restore(AllNets, state.Extensions.LayerState, path, options.Log);
        Iteration = state.Iteration;
        dataStart = options.RestartsData ? Iteration : 0;
        learningRate.CurrentStep = state.CurrentStep;
        if (earlyStopping is not null && state.Extensions.EarlyStopping is { } standing)
        {
            earlyStopping.State = standing;
        }

    }

    // All first histories in the order of the parameters, then all second ones.
    private Blob[] HistoryOrder()
    {
        var order = new Blob[histories.Length * rule.HistoriesPerParameter];
        for (int j = 0; j < rule.HistoriesPerParameter; j++)
        {
            for (int i = 0; i < histories.Length; i++)
            {
                order[(j * histories.Length) + i] = histories[i][j];
            }
        }

        return order;
    }

    private void CheckRanges()
    {
        Require(definition.AverageLoss >= 1, SolverParameter.AverageLossFieldNumber, $"average_loss is {definition.AverageLoss}", "it must be 1 or more");
        Require(definition.IterSize >= 1, SolverParameter.IterSizeFieldNumber, $"iter_size is {definition.IterSize}", "it must be 1 or more");
        Require(
            definition.RegularizationType is "L1" or "L2",
            SolverParameter.RegularizationTypeFieldNumber,
            $"unknown regularization_type '{definition.RegularizationType}'",
            "the types are L1 and L2");

        void Require(bool holds, int field, string message, string hint)
        {
            if (!holds)
            {
                throw new CnnException(new Diagnostic(message, options.Sources.Find(definition, field), hint));
            }
        }
    }

    private void Tell(string line) => options.Log?.Information("{Line:l}", line);
}
