using Cnn.Engine.Distributed;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Engine.Solvers.Recording;
using Serilog;

namespace Cnn.Engine.Solvers;

/// <summary>A net that measures the training net's parameters on other data.</summary>
/// <param name="Index">Its index among the test nets.</param>
/// <param name="Net">The net; it shares the training net's parameters.</param>
/// <param name="Iterations">The number of batches per test.</param>
/// <param name="ApVersion">The kind of average precision of detections.</param>
/// <param name="ShowsClasses">Whether to log the average precision of each class.</param>
internal sealed record TestNet(int Index, Net Net, int Iterations, string ApVersion, bool ShowsClasses)
{
    /// <summary>The processes that share the batches out; null where this one is alone.</summary>
    public ProcessGroup? Processes { get; init; }

    /// <summary>
    /// Runs one test and logs the mean of every output value, of detections the mean average precision.
    /// </summary>
    /// <param name="iteration">The iteration at which it tests.</param>
    /// <param name="round">The number of the test in the run, from 0; the data position follows from it.</param>
    /// <param name="logsLoss">Whether to log the mean loss too.</param>
    /// <param name="log">The log; null for none.</param>
    /// <param name="goesNoFurther">
    /// Called before the batches with how many are done; true cuts the test short, in all processes of a group.
    /// </param>
    /// <param name="classes">Watches the batches; null for nobody.</param>
    /// <returns>The means by output blob; null when the test was cut short.</returns>
    public TestScores? Run(
        int iteration,
        long round,
        bool logsLoss,
        ILogger? log,
        Func<int, bool> goesNoFurther,
        ClassTally? classes = null)
    {
        var tally = new OutputTally(Net, ApVersion);
        classes?.Begin();
        double loss = 0;
        var run = new BatchRun(Net, Net.Outputs, Processes)
        {
            GoesNoFurther = goesNoFurther,
            Ran = classes is null ? null : classes.Add,
        };
        if (!run.Run(round * Iterations, Iterations, Add))
        {
            log?.Information("{Line:l}", "Test interrupted.");
            return null;
        }

        if (run.IsShared)
        {
            classes?.Gather(Processes!);
        }

        if (logsLoss)
        {
            log?.Information("{Line:l}", $"Test loss: {CaffeNumber.Format(loss / Iterations)}");
        }

        if (ShowsClasses)
        {
            tally.LogClasses(log);
        }

        List<(string Blob, double Mean)> means = tally.Means();
        NetOutputs.Log(Net, "Test", means, log);
        return new TestScores(iteration, Index, loss / Iterations, means) { Precisions = tally.Classes() };

        void Add(NetBatch batch)
        {
            loss += batch.Loss;
            tally.Add(batch.Blobs);
        }
    }
}
