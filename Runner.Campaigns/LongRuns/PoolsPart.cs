using Cnn.Campaigns.Running;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;

namespace Cnn.Campaigns.LongRuns;

/// <summary>Sixteen nets on sixteen pools at once: each learns the bits that it learns alone, and all end.</summary>
internal static class PoolsPart
{
    private const int Nets = 16, Short = 10, Full = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    /// <summary>Trains the nets alone and then together, on one to three threads each.</summary>
    public static void Case(CampaignCase one)
    {
        int iterations = one.Number == 0 ? Short : Full;
        (SmallNet Net, int Threads)[] nets =
            [.. Enumerable.Range(0, Nets).Select(i => (SmallNets.All[i % SmallNets.All.Count], one.Random.Next(1, 4)))];
        Dictionary<string, string> alone = SmallNets.All.ToDictionary(n => n.Name, n => Train(n, 1, iterations));
        string[] together = new string[Nets];
        Thread[] threads =
        [
            .. nets.Select((n, i) => new Thread(() => together[i] = Try(n.Net, n.Threads, iterations))
            {
                IsBackground = true,
            }),
        ];
        Array.ForEach(threads, t => t.Start());
        for (int i = 0; i < Nets; i++)
        {
            if (!threads[i].Join(Patience))
            {
                one.Find($"{nets[i].Net.Name} on {nets[i].Threads} threads beside 15 others does not end");
                return;
            }

            if (together[i] != alone[nets[i].Net.Name])
            {
                one.Find($"{nets[i].Net.Name} on {nets[i].Threads} threads beside 15 others: {together[i]}, alone "
                    + alone[nets[i].Net.Name]);
            }
        }

        one.Count("nets side by side", Nets);
    }

    private static string Try(SmallNet net, int threads, int iterations)
    {
        try
        {
            return Train(net, threads, iterations);
        }
#pragma warning disable CA1031 // an exception on a thread of its own would end the campaign
        catch (Exception error)
#pragma warning restore CA1031
        {
            return error.ToString();
        }
    }

    private static string Train(SmallNet net, int threads, int iterations)
    {
        using var pool = new WorkerPool(threads);
        using Solver solver = net.Prepare(pool, iterations);
        solver.Solve();
        return WeightHash.Of(solver.TrainNet);
    }
}
