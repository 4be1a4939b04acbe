using System.Globalization;
using Cnn.Campaigns.Running;
using Cnn.Engine.Solvers;
using Cnn.Proto;

namespace Cnn.Campaigns.LongRuns;

/// <summary>
/// Solvers one after another in this process, each with threads of its own, a folder of its run and a snapshot: what
/// they hold is given back.
/// </summary>
internal static class SolversPart
{
    private const int Short = 15, Full = 100, Start = 5, Iterations = 3;
    private const long MoreBytes = 4 << 20;
    private const int MoreHandles = 2;

    /// <summary>Compares the level at the end with that after the first solvers.</summary>
    public static void Case(CampaignCase one)
    {
        int count = one.Number == 0 ? Short : Full;
        ProcessSample level = Read();
        long heap = 0;
        for (int i = 0; i < count; i++)
        {
            Train(SmallNets.All[i % SmallNets.All.Count], one, i);
            if (i == Start - 1)
            {
                (level, heap) = (Read(), GC.GetTotalMemory(forceFullCollection: true));
            }
        }

        one.Count("solvers", count);
        long heapAfter = GC.GetTotalMemory(forceFullCollection: true);
        ProcessSample after = Read();
        if (heapAfter > heap + MoreBytes)
        {
            one.Find(string.Create(
                CultureInfo.InvariantCulture,
                $"{heap:N0} bytes of objects after {Start} solvers, {heapAfter:N0} after {count}"));
        }

        if (FlatRule.Memory is var memory && after.Bytes > (level.Bytes * (1 + memory.Share)) + (4 * memory.More))
        {
            one.Find(string.Create(
                CultureInfo.InvariantCulture,
                $"{level.Bytes:N0} bytes resident after {Start} solvers, {after.Bytes:N0} after {count}"));
        }

        if (after.Handles > level.Handles + MoreHandles || after.Threads > level.Threads + MoreHandles)
        {
            one.Find(string.Create(
                CultureInfo.InvariantCulture,
                $"{level.Handles} handles and {level.Threads} threads after {Start} solvers, "
                + $"{after.Handles} and {after.Threads} after {count}"));
        }
    }

    private static void Train(SmallNet net, CampaignCase one, int number)
    {
        using var folder = new TemporaryFolder();
        var sources = new SourceMap();
        string prefix = folder["snap"].Replace('\\', '/');
        SolverParameter definition = TextFormat.Parse<SolverParameter>(
            net.Text(Iterations, $"snapshot_prefix: '{prefix}' test_interval: 0"), "solver.prototxt", sources);
        using var solver = new Solver(
            new SolverDefinition(definition, sources), new SolverOptions { Run = folder["run"] });
        if (!solver.Solve())
        {
            one.Find(string.Create(CultureInfo.InvariantCulture, $"solver {number} ({net.Name}) stopped"));
        }
    }

    private static ProcessSample Read()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return ProcessSample.Read(Environment.ProcessId, 0, 0);
    }
}
