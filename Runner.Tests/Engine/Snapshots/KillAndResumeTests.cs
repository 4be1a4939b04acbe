using System.Globalization;
using System.Text.RegularExpressions;

namespace Cnn.Tests.Engine.Snapshots;

[Trait("Category", "Crash")]
public partial class KillAndResumeTests
{
    private const int Endless = 1_000_000, Kills = 8, IterationsMore = 25;

    // The test waits for the run's progress rather than for some time, so the kills happen at the same moments on any
    // machine: while a snapshot is being written, and as soon as one is complete.
    [Fact]
    public async Task TrainingThatIsKilledAndResumedEndsInTheSameBytes()
    {
        using var killed = new TemporaryFolder();
        SmallTraining.Write(killed, Endless, snapshot: 7);
        int reached = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            string[] leftBefore = Unfinished(killed);
            using CnnProcess run = Train(killed, "--resume", "latest");
            int before = reached;
            bool isWhole = kill % 2 == 0;
            await run.WaitUntil(() => Latest(killed) > before && (isWhole || IsBeingWritten(killed, leftBefore)));
            await run.Kill();
            reached = Latest(killed);
        }

        int end = reached + IterationsMore;
        SmallTraining.Write(killed, end, snapshot: 7);
        string resumed = await Finish(Train(killed, "--resume", "latest"));
        using var straight = new TemporaryFolder();
        SmallTraining.Write(straight, end, snapshot: 7);
        await Finish(Train(straight));

        Assert.Matches($"Resuming from .*snap_iter_{reached}[.]solverstate", resumed);
        string model = $"snap_iter_{end}.caffemodel", state = $"snap_iter_{end}.solverstate";
        Assert.Equal(File.ReadAllBytes(straight[model]), File.ReadAllBytes(killed[model]));
        Assert.Equal(File.ReadAllBytes(straight[state]), File.ReadAllBytes(killed[state]));
    }

    [Fact]
    public async Task ControlCFinishesTheIterationWritesASnapshotAndExits130()
    {
        using var folder = new TemporaryFolder();
        SmallTraining.Write(folder, 1_000_000, snapshot: 0);
        using CnnProcess run = CnnProcess.Start(folder.Path, "train", "--solver", "solver.prototxt");
        await run.WaitForError("Iteration 50 ");
        run.Signal("INT");
        var (exitCode, _, error) = await run.Finish();
        Assert.True(exitCode == 130, error);
        Assert.Contains("Optimization stopped early.", error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(folder.Path, "snap_iter_*.solverstate"));
        Assert.Single(Directory.GetFiles(folder.Path, "snap_iter_*.caffemodel"));
    }

    private static CnnProcess Train(TemporaryFolder folder, params string[] more) =>
        CnnProcess.Start(folder.Path, ["train", "--solver", "solver.prototxt", .. more]);

    private static async Task<string> Finish(CnnProcess process)
    {
        using CnnProcess run = process;
        var (exitCode, _, error) = await run.Finish();
        Assert.True(exitCode == 0, error);
        return error;
    }

    // Returns the iteration of the newest solver state, or 0.
    private static int Latest(TemporaryFolder folder) => Iterations(folder, "solverstate").DefaultIfEmpty(0).Max();

    // There are weights without their state, or a file that does not have its final name yet.
    private static bool IsBeingWritten(TemporaryFolder folder, string[] leftBefore) =>
        Iterations(folder, "caffemodel").Max() > Latest(folder) || Unfinished(folder).Except(leftBefore).Any();

    private static string[] Unfinished(TemporaryFolder folder) =>
        [.. Names(folder).Where(n => !n.EndsWith(".prototxt", StringComparison.Ordinal) && !Finished().IsMatch(n))];

    private static IEnumerable<int> Iterations(TemporaryFolder folder, string kind) => Names(folder)
        .Select(n => Finished().Match(n)).Where(m => m.Success && m.Groups["kind"].Value == kind)
        .Select(m => int.Parse(m.Groups["iteration"].Value, CultureInfo.InvariantCulture));

    private static IEnumerable<string> Names(TemporaryFolder folder) =>
        Directory.GetFiles(folder.Path).Select(f => Path.GetFileName(f)!);

    [GeneratedRegex(@"^snap_iter_(?<iteration>\d+)\.(?<kind>caffemodel|solverstate)$")]
    private static partial Regex Finished();
}
