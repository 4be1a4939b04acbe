using Cnn.Campaigns.Running;
using Cnn.Layers.Threading;

namespace Cnn.Campaigns.Nets;

/// <summary>Random nets of all layer types.</summary>
internal sealed class NetsCampaign : ICampaign
{
    /// <inheritdoc/>
    public string Name => "nets";

    /// <inheritdoc/>
    public string Promise =>
        "Any net computes the same bits on any number of threads, and every other way to run or write it gives the same.";

    /// <inheritdoc/>
    public IReadOnlyList<string> Parts => ["threads"];

    /// <inheritdoc/>
    public void Run(PartRun run)
    {
        using var pool = new WorkerPool(1);
        switch (run.Part)
        {
            case "threads":
                using (var part = new ThreadsPart())
                {
                    var check = new NetCheck(part.Check);
                    run.Cases(log => check.Run(log, RandomNets.Draw(log.Random, pool, log)));
                }

                break;
        }
    }
}
