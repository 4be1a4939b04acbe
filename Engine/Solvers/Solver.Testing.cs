using Cnn.Engine.Snapshots;
using Cnn.Proto;

namespace Cnn.Engine.Solvers;

// The tests of a run.
public sealed partial class Solver
{
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
            () => StopIsDue,
            recorder?.ClassesOf(test.Index));
        if (scores is null)
        {
            return false;
        }

        recorder?.Tested(scores);
        Tested?.Invoke(scores);
        if (snapshotScore.Of(scores) is { } score)
        {
            kept.Score(Iteration, score);
            kept.Prune();
        }

        if (earlyStopping?.Look(Iteration, scores) == true)
        {
            string best = SnapshotFiles.WriteBest(definition, TrainNet);
            BestWritten?.Invoke(best);
        }

        return true;
    }
}
