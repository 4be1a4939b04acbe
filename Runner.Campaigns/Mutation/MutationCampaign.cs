using System.Text.Json;
using Cnn.Campaigns.Running;
using Cnn.Fillers;

namespace Cnn.Campaigns.Mutation;

/// <summary>
/// Changes one operator, condition or call at a time and runs the tests that reach it: a mutant that no test notices is
/// code that could be wrong without anybody knowing. The score is the share of noticed mutants.
/// </summary>
internal sealed class MutationCampaign : ICampaign
{
    // A mutant that many tests reach and none notices is given up after this time.
    private const int MostMilliseconds = 6000;

    private const int SlowestTest = 4000;

    private static readonly Dictionary<string, MutationTarget> Targets = new()
    {
        ["proto"] = new(
            "Proto",
            "Proto/",
            [
                "Cnn.Tests.Proto.", "Cnn.Tests.Faults.Damaged", "Cnn.Tests.Faults.Wrong", "Cnn.Tests.Runner.DataSets.",
                "Cnn.Tests.Runner.Commands.Convert", "Cnn.Tests.Runner.Commands.Data",
                "Cnn.Tests.Runner.Commands.Schema", "Cnn.Tests.Engine.Solvers.Recording.",
            ]),
        ["snapshots"] = new(
            "Engine",
            "Engine/Snapshots/",
            ["Cnn.Tests.Engine.Snapshots.", "Cnn.Tests.Engine.Solvers.", "Cnn.Tests.Faults."]),
        ["solvers"] = new(
            "Engine",
            "Engine/Solvers/",
            [
                "Cnn.Tests.Engine.Solvers.", "Cnn.Tests.Engine.Snapshots.",
                "Cnn.Tests.Engine.Distributed.", "Cnn.Tests.Runner.Commands.Train", "Cnn.Tests.Runner.Commands.Ranked",
                "Cnn.Tests.Runner.Commands.Quiet",
            ]),
    };

    public string Name => "mutation";

    public string Promise =>
        "The tests of the formats, the snapshots and the solvers notice when an operator is another one.";

    public IReadOnlyList<string> Parts { get; } = [.. Targets.Keys];

    public void Run(PartRun run)
    {
        string folder = run.Folder
            ?? throw new InvalidDataException("The mutated copy needs a folder for its state: --state.");
        MutationTarget target = Targets[run.Part];
        string copyFolder = Path.Combine(folder, "..", "copy");
        MutatedCopy copy = MutatedCopy.Open(
            copyFolder, Repository(), [.. Targets.Values.Select(t => (t.Project, t.Folder))], Console.Out);
        Mutant[] mutants =
        [
            .. copy.Mutants.Where(m => m.File.StartsWith(target.Folder, StringComparison.Ordinal)),
        ];
        Shuffle(mutants, run.Seed);
        using var worker = new WorkerProcess(copy.TestFolder, target.Tests);
        IReadOnlyList<CoveredTest> tests = Coverage(worker, Path.Combine(folder, "coverage.json"));
        ILookup<int, CoveredTest> reaching = tests
            .Where(t => t.Failure.Length == 0 && t.Milliseconds <= SlowestTest)
            .SelectMany(t => t.Reached.Select(m => (m, t)))
            .ToLookup(p => p.m, p => p.t);
        run.Cases(
            one => Try(one, mutants[one.Number], [.. reaching[mutants[one.Number].Id]], worker, folder),
            mutants.Length);
    }

    private static void Try(CampaignCase one, Mutant mutant, CoveredTest[] tests, WorkerProcess worker, string folder)
    {
        MutantOutcome outcome = MutantOutcome.NotCovered;
        if (tests.Length > 0)
        {
            int milliseconds = 0;
            outcome = worker.Try(
                mutant.Id,
                tests.OrderBy(t => (t.Milliseconds + 5L) * t.Reached.Count).ThenBy(t => t.Number)
                    .TakeWhile(t => (milliseconds += t.Milliseconds) <= MostMilliseconds));
        }

        one.Count(Words(outcome));
        if (outcome is MutantOutcome.Survived or MutantOutcome.NotCovered)
        {
            File.AppendAllText(
                Path.Combine(folder, "unnoticed.txt"),
                $"{one.Number}\t{Words(outcome)}\t{tests.Length} tests\t{mutant}\n");
        }
    }

    private static string Words(MutantOutcome outcome) => outcome switch
    {
        MutantOutcome.NotCovered => "not covered",
        MutantOutcome.Survived => "survived",
        MutantOutcome.Killed => "killed",
        MutantOutcome.TimedOut => "killed by the time limit",
        _ => "killed by a crash",
    };

    private static IReadOnlyList<CoveredTest> Coverage(WorkerProcess worker, string file)
    {
        if (!File.Exists(file))
        {
            File.WriteAllText(file, JsonSerializer.Serialize(worker.Cover()));
        }

        return JsonSerializer.Deserialize<CoveredTest[]>(File.ReadAllText(file))!;
    }

    // The order is that of the seed, so that a campaign that is stopped has tried a random sample.
    private static void Shuffle(Mutant[] mutants, ulong seed) => new PhiloxRandom(seed).Shuffle(mutants);

    private static string Repository() => RepositoryFolder.Find()
        ?? throw new InvalidDataException("The sources are not here: run the campaign in a clone.");
}
