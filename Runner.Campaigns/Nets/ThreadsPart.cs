using Cnn.Engine.Graph;
using Cnn.Layers.Threading;

namespace Cnn.Campaigns.Nets;

/// <summary>The same bits on 1, 2, 3 and 5 threads, in two passes, and again when the first pass is repeated.</summary>
internal sealed class ThreadsPart : IDisposable
{
    private readonly WorkerPool[] pools = [new(1), new(2), new(3), new(5)];

    /// <summary>Returns what differs; null where nothing does.</summary>
    public string? Check(NetCase net)
    {
        NetPass[]? first = null;
        foreach (WorkerPool pool in pools)
        {
            using Net built = net.Build(pool);
            net.HandOver(built);
            var start = new NetStart(built);
            NetPass[] passes = [NetPass.Run(net, built), NetPass.Run(net, built)];
            first ??= passes;
            for (int i = 0; i < passes.Length; i++)
            {
                if (first[i].DifferenceFrom(passes[i]) is { } difference)
                {
                    return $"on 1 and {pool.ThreadCount} threads, in pass {i}: {difference}";
                }
            }

            if (start.CanBegin)
            {
                start.Begin();
                if (first[0].DifferenceFrom(NetPass.Run(net, built)) is { } difference)
                {
                    return $"on {pool.ThreadCount} threads, when the first pass is repeated: {difference}";
                }
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(pools, p => p.Dispose());
}
