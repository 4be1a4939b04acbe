using Cnn.Campaigns.Processes;
using Cnn.Campaigns.Running;
using Cnn.Fillers;

namespace Cnn.Campaigns.SystemErrors;

/// <summary>
/// The cases of one part. They go round through the scenarios, and within a scenario round through its calls, so that a
/// short run sees every scenario, and a little longer one every call.
/// </summary>
internal sealed class FaultCases : IDisposable
{
    private readonly ScenarioFiles files;
    private readonly IReadOnlyList<Scenario> scenarios;
    private readonly ulong seed;
    private readonly Dictionary<int, Plan> plans = [];

    /// <param name="scenarios">The commands.</param>
    /// <param name="seed">The seed of the order.</param>
    public FaultCases(IReadOnlyList<Scenario> scenarios, ulong seed)
    {
        (this.scenarios, this.seed) = (scenarios, seed);
        files = new ScenarioFiles();
    }

    /// <summary>
    /// The number of cases; those beyond the last of a scenario are empty. All commands are run for it.
    /// </summary>
    public long Count => scenarios.Count * Enumerable.Range(0, scenarios.Count).Max(i => PlanOf(i).Points.Length);

    /// <summary>Runs one case.</summary>
    public void Run(CampaignCase one)
    {
        int which = (int)(one.Number % scenarios.Count);
        Plan plan = PlanOf(which);
        long at = one.Number / scenarios.Count;
        if (at >= plan.Points.Length)
        {
            return;
        }

        FaultPoint point = plan.Points[at];
        Scenario scenario = scenarios[which];
        using TemporaryFolder folder = files.Copy(scenario);
        FolderState before = FolderState.Of(folder.Path);
        bool hasFailed = Strace.Inject(folder.Path, scenario.Arguments, point, out ProcessResult result);
        one.Count(hasFailed ? "failed calls" : "calls not reached");
        one.Count($"exits with {result.ExitCode}");
        var check = new FaultCheck(scenario, point, hasFailed, plan.Reference, result);
        foreach (string wrong in check.Of(before, FolderState.Of(folder.Path)))
        {
            one.Find($"{scenario.Name}, {point}: {wrong} [exit code {result.ExitCode}: {result.Error.Trim()}]");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => files.Dispose();

    private Plan PlanOf(int index)
    {
        if (!plans.TryGetValue(index, out Plan? plan))
        {
            plans.Add(index, plan = Trace(scenarios[index]));
        }

        return plan;
    }

    private Plan Trace(Scenario scenario)
    {
        using TemporaryFolder folder = files.Copy(scenario);
        FolderState before = FolderState.Of(folder.Path);
        var calls = Strace.Trace(
            folder.Path, scenario.Arguments, WatchedPaths.Of(scenario, before), out ProcessResult result);
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{scenario.Name} fails without any failure of the system: {result.Error}");
        }

        FolderState after = FolderState.Of(folder.Path);
        if (scenario.Outputs.FirstOrDefault(o => !after.Has(o)) is { } missing)
        {
            throw new InvalidOperationException(
                $"{scenario.Name} does not write {missing}, but {string.Join(", ", after.Names.Except(before.Names))}");
        }

        var random = new PhiloxRandom(seed ^ PartRun.Hash(scenario.Name), 0);
        FaultPoint[] points =
        [
            .. calls.OrderBy(c => c.Key.Path, StringComparer.Ordinal).ThenBy(c => c.Key.Call, StringComparer.Ordinal)
                .SelectMany(c => Points(c.Key.Path, c.Key.Call, c.Value)),
        ];
        random.Shuffle(points);
        return new Plan(RoundRobin(points), new Reference(after, result));
    }

    private static IEnumerable<FaultPoint> Points(string path, string call, int count) =>
        Enumerable.Range(1, count)
            .SelectMany(n => Failure.Of(call).Select(failure => new FaultPoint(path, call, n, failure)));

    private static FaultPoint[] RoundRobin(FaultPoint[] points) =>
    [
        .. points.GroupBy(p => (p.Call, p.Failure))
            .SelectMany(group => group.Select((point, turn) => (point, turn)))
            .OrderBy(p => p.turn)
            .Select(p => p.point),
    ];

    private sealed record Plan(FaultPoint[] Points, Reference Reference);
}
