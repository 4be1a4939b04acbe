using Cnn.Engine.Detection;
using Cnn.Engine.Distributed;
using Cnn.Engine.Solvers;
using Cnn.Proto;

namespace Cnn.Engine.Graph;

/// <summary>Tests nets: runs batches and returns what their outputs are in the mean.</summary>
public static class NetTester
{
    /// <summary>Runs batches of a net from its current pass on.</summary>
    /// <param name="net">The net; it reads its data itself.</param>
    /// <param name="batches">The number of batches, at least 1.</param>
    /// <param name="options">How to test it; null for this process alone.</param>
    /// <param name="cancel">Cancels the test, in all processes where one of them cancels it.</param>
    /// <returns>The scores.</returns>
    /// <exception cref="CnnException">
    /// An output has another size in one batch than in another, and so no mean; data cannot be read; or the processes
    /// have other nets or data than each other.
    /// </exception>
    /// <exception cref="OperationCanceledException">The test is cancelled.</exception>
    public static NetScores Test(
        Net net, int batches, NetTestOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new NetTestOptions();
        if (batches < 1)
        {
            throw new CnnException($"cannot test a net with {batches} batches", "choose 1 or more");
        }

        if (!AveragePrecision.Versions.Contains(options.ApVersion))
        {
            throw new CnnException(
                $"unknown ap_version '{options.ApVersion}'",
                $"it must be {string.Join(" or ", AveragePrecision.Versions)}");
        }

        double loss = 0;
        var tally = new OutputTally(net, options.ApVersion);
        BatchRun run = options.Processes.TogetherOrAlone(() => new BatchRun(net, net.Outputs, options.Processes)
        {
            GoesNoFurther = done =>
            {
                options.Progress?.Report(done);
                return cancel.IsCancellationRequested;
            },
        });
        if (options.Processes is { } processes)
        {
            RankComparison.Require(processes, net, net.Outputs, batches);
        }

        if (!run.Run(net.Clock.Pass, batches, Add))
        {
            options.Processes.TogetherOrAlone(() => throw new OperationCanceledException(cancel));
        }

        return new NetScores(loss / batches, tally.Means()) { Precisions = tally.Classes() };

        void Add(NetBatch batch)
        {
            loss += batch.Loss;
            tally.Add(batch.Blobs);
            options.Tested?.Invoke(batch);
        }
    }
}
