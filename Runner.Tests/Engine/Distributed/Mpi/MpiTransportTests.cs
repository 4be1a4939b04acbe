namespace Cnn.Tests.Engine.Distributed.Mpi;

/// <summary>
/// Real launchers start this assembly again, with one test that all ranks run: see <see cref="MpiRankTests"/>.
/// </summary>
[Trait("Category", "Unit")]
public class MpiTransportTests
{
    public static TheoryData<string, int> Jobs =>
        [.. from name in MpiLauncher.Names from size in (int[])[2, 4] select (name, size)];

    public static TheoryData<string> Launchers => [.. MpiLauncher.Names];

    [Theory]
    [MemberData(nameof(Jobs))]
    public async Task RanksExchangeMessages(string name, int processes)
    {
        var launcher = MpiLauncher.OrSkip(name);

        using MpiJob job = Start(launcher, processes, nameof(MpiRankTests.MessagesArriveAsTheyWereSent));
        int exitCode = await job.Finish();

        Assert.True(exitCode == 0, $"{job.Output}\n{job.Error}");
        Assert.Equal(processes, job.Output.Split("Failed: 0").Length - 1);
        Assert.Contains($"over {name} ", job.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Launchers))]
    public async Task ARankThatAbortsEndsTheOthers(string name)
    {
        var launcher = MpiLauncher.OrSkip(name);

        using MpiJob job = Start(launcher, 2, nameof(MpiRankTests.OneAborts));
        int exitCode = await job.Finish();

        Assert.Equal(3, exitCode);
    }

    [Theory]
    [MemberData(nameof(Launchers))]
    public async Task TheLibraryOfAnotherLauncherIsTold(string name)
    {
        var launcher = MpiLauncher.OrSkip(name);
        var other = MpiLauncher.OrSkip(MpiLauncher.Names.Single(n => n != name));

        using MpiJob job = Start(launcher, 2, nameof(MpiRankTests.TheLibraryIsAnothers), other.Library);
        int exitCode = await job.Finish();

        Assert.True(exitCode == 0, $"{job.Output}\n{job.Error}");
        Assert.Contains($"of {name} has started 2 processes, but {other.Name} ", job.Output, StringComparison.Ordinal);
        Assert.Contains(" sees 1; launcher and library must belong together", job.Output, StringComparison.Ordinal);
    }

    private static MpiJob Start(MpiLauncher launcher, int processes, string test, string? library = null)
    {
        var environment = new Dictionary<string, string> { [MpiRankTests.InRank] = "1" };
        if (library is not null)
        {
            environment["CNN_MPI_LIBRARY"] = library;
        }

        string[] arguments =
        [
            typeof(MpiRankTests).Assembly.Location, "-method", $"{typeof(MpiRankTests)}.{test}", "-noColor",
        ];
        string folder = AppContext.BaseDirectory;
        return MpiJob.Start(launcher, folder, environment, (processes, folder, arguments));
    }
}
