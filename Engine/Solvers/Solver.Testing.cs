using Cnn.Engine.Snapshots;
using Cnn.Engine.Solvers.Passes;
using Cnn.Engine.Solvers.Recording;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

// The tests of a run.
public sealed partial class Solver
{
    private ClassTally? classes;
    private bool knowsClasses;

    private bool TestAll()
    {
        LayerState[] before = LayerStates.Capture(AllNets);
        bool isWhole = testNets.TrueForAll(TestOne);
        if (!isWhole)
        {
            // A run that continues from here repeats these tests from the same states.
            LayerStates.Restore(AllNets, before, "the interrupted test", options.Log);
        }

        return isWhole;
    }

    private bool TestOne(TestNet test)
    {
        if (StopIsDue)
        {
            return false;
        }

        Log($"Iteration {Iteration}, Testing net (#{test.Index})");

        // The number of the test follows from the iteration, so a resumed run tests on the same data.
        long round = (Iteration / definition.TestInterval) - (dataStart / definition.TestInterval)
            - (definition.TestInitialization || dataStart > 0 ? 0 : 1);
        TestScores? scores = test.Run(
            Iteration,
            Math.Max(0, round),
            definition.TestComputeLoss,
            options.Log,
            GoesNoFurther,
            ClassesOf(test.Index));
        if (scores is null)
        {
            agreed |= GroupRequests.Stop;
            return false;
        }

        recorder?.Tested(scores);
        Tested?.Invoke(scores);
        if (snapshotScore.Of(scores) is { } score)
        {
            kept.Score(Iteration, score);
            if (IsRoot)
            {
                kept.Prune();
            }
        }

        if (earlyStopping?.Look(Iteration, scores) == true && IsRoot)
        {
            string best = SnapshotFiles.WriteBest(definition, TrainNet);
            BestWritten?.Invoke(best);
        }

        return true;

        bool GoesNoFurther(int batch)
        {
            TestProgressed?.Invoke(new TestProgress(test.Index, batch, test.Iterations));
            return StopIsWanted;
        }
    }

    // The root of a group records for all, and every process counts the batches that it runs.
    private ClassTally? ClassesOf(int testNet)
    {
        if (!knowsClasses)
        {
            bool isRecorded = recorder is not null;
            if (group is not null)
            {
                isRecorded = group.Gather(isRecorded ? [1] : [])[0].Length > 0;
            }

            classes = recorder is not null ? recorder.Classes : isRecorded ? ClassTally.First(TestNets) : null;
            knowsClasses = true;
        }

        return classes?.TestNet == testNet ? classes : null;
    }
}
