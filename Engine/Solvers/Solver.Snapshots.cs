using Cnn.Engine.Distributed;
using Cnn.Engine.Snapshots;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Engine.Solvers;

// Snapshots of a run: writing them and resuming from them.
public sealed partial class Solver
{
    /// <summary>Writes a snapshot of the current iteration; of the processes of a group, rank 0 does.</summary>
    /// <returns>The path of the solver state.</returns>
    /// <exception cref="TrainingException">It cannot be written.</exception>
    public string WriteSnapshot()
    {
        PlateauState? plateau = learningRate.Plateau;
        if (plateau is not null)
        {
            smoothed.Save(plateau);
        }

        if (!IsRoot)
        {
            newestSnapshot = Iteration;
            return SnapshotFiles.PathsOf(definition, Iteration).State;
        }

        // Deletes what a run that was killed between writing and deleting has left.
        kept.Prune();
        var state = new SnapshotState
        {
            SolverType = definition.Type,
            Iteration = Iteration,
            CurrentStep = learningRate.CurrentStep,
            Seed = Seed,
            Histories = updater.Histories.InFileOrder(),
            LayerStates = LayerStates.Capture(AllNets),
            EarlyStopping = earlyStopping?.State,
            Plateau = plateau,
            Kept = kept.Entries,
        };
        recorder?.BeforeSnapshot();
        WrittenSnapshot written = SnapshotFiles.Write(definition, TrainNet, state, options.Log);
        newestSnapshot = Iteration;
        recorder?.SnapshotWritten(written.StatePath);
        SnapshotWritten?.Invoke(written.StatePath);
        kept.Add(Iteration, written);
        kept.Prune();
        return written.StatePath;
    }

    private void RequireWritableSnapshots()
    {
        group.TogetherOrAlone(() =>
        {
            if (IsRoot)
            {
                SnapshotFiles.ProbeWritable(
                    definition.SnapshotPrefix, sources.Find(definition, SolverParameter.SnapshotPrefixFieldNumber));
                SnapshotFiles.RequireWritable(definition, TrainNet);
            }
        });
    }

    private void Restore(StateFile state)
    {
        string path = options.ResumeFrom!;
        Log($"Resuming from {path}");
        updater.Histories.RequireFit(state, path);
        if (state.LearnedNet is { } weights)
        {
            TrainNet.CopyWeightsFrom(SnapshotFiles.FindWeights(path, weights));
        }

        Log("SGDSolver: restoring history");
        updater.Histories.Restore(state, path);
        LayerStates.Restore(AllNets, state.Extensions.LayerState, path, options.Log);
        Iteration = state.Iteration;
        dataStart = options.RestartsData ? Iteration : 0;
        learningRate.CurrentStep = state.CurrentStep;
        if (state.Extensions.Plateau is { } plateau)
        {
            learningRate.Plateau = plateau;
            smoothed.Restore(plateau);
        }

        if (earlyStopping is not null && state.Extensions.EarlyStopping is { } standing)
        {
            earlyStopping.State = standing;
        }

        kept.Restore(path, Iteration, state.Extensions);
    }
}
