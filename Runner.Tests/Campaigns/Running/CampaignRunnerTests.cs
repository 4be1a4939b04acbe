using Cnn.Campaigns.Running;
using Cnn.Proto;

namespace Cnn.Tests.Campaigns.Running;

[Trait("Category", "Unit")]
public class CampaignRunnerTests
{
    private const string Repeat =
        "[repeat: dotnet run -c Release --project Runner.Campaigns -- thirds --only up --seed 5 --case 2]";

    [Fact]
    public void ACampaignGoesOnWhereItStopped()
    {
        using var folder = new TemporaryFolder();
        var (whole, parts) = (new EveryThirdCampaign(), new EveryThirdCampaign());
        var options = new CampaignOptions { Seed = 5, Folder = folder.Path };

        Run(whole, options with { Folder = null });
        for (int run = 0; run < 3; run++)
        {
            Run(parts, options with { Cases = 4 });
        }

        Assert.Equal(18, whole.Ran.Count);
        Assert.Equal(whole.Ran.Order(), parts.Ran.Order());
        Assert.Equal(18, whole.Ran.Select(r => r.Drawn).Distinct().Count());
        PartState up = CampaignState.Open(CampaignRunner.FileOf(folder.Path, "thirds", 5), "thirds", 5).Part("up");
        Assert.Equal((9, 9, 4), (up.Next, up.Counts["numbers"], up.Findings.Count));
    }

    [Fact]
    public void AFindingIsOneLineWithTheCommandThatRepeatsIt()
    {
        var (found, output) = Run(new EveryThirdCampaign(), new CampaignOptions { Seed = 5, Parts = ["up"] });

        Assert.Equal(4, found);
        Assert.Contains(
            $"FOUND thirds/up case 2: 3 is divided | by three {Repeat}\n", output, StringComparison.Ordinal);
        Assert.Contains("case 7: InvalidOperationException: seven", output, StringComparison.Ordinal);
    }

    [Fact]
    public void OneCaseRunsAloneWithTheSameRandomNumbersAndChangesNoState()
    {
        using var folder = new TemporaryFolder();
        var (all, one) = (new EveryThirdCampaign(), new EveryThirdCampaign());
        Run(all, new CampaignOptions { Seed = 5, Parts = ["down"] });

        var (found, _) = Run(
            one, new CampaignOptions { Seed = 5, Parts = ["down"], OnlyCase = 5, Folder = folder.Path });

        Assert.Equal(1, found);
        Assert.Equal([all.Ran[5]], one.Ran);
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }

    [Fact]
    public void AnotherSeedDrawsOtherNumbers()
    {
        var (one, other) = (new EveryThirdCampaign(), new EveryThirdCampaign());
        Run(one, new CampaignOptions { Seed = 1 });
        Run(other, new CampaignOptions { Seed = 2 });

        Assert.Empty(one.Ran.Select(r => r.Drawn).Intersect(other.Ran.Select(r => r.Drawn)));
    }

    [Fact]
    public void NoTimeRunsNoCase()
    {
        var campaign = new EveryThirdCampaign();
        Run(campaign, new CampaignOptions { Time = TimeSpan.Zero });
        Assert.Empty(campaign.Ran);
    }

    [Fact]
    public void APartThatDoesNotExistIsRefusedWithThoseThatDo()
    {
        CnnException error = Assert.Throws<CnnException>(
            () => Run(new EveryThirdCampaign(), new CampaignOptions { Parts = ["sideways"] }));
        Assert.Contains("'sideways'", error.Message, StringComparison.Ordinal);
        Assert.Contains("up, down", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AStateThatIsNoneIsRefusedAndKept()
    {
        using var folder = new TemporaryFolder();
        string file = CampaignRunner.FileOf(folder.Path, "thirds", 1);
        File.WriteAllText(file, "not JSON");

        var options = new CampaignOptions { Folder = folder.Path };
        Assert.Throws<InvalidDataException>(() => Run(new EveryThirdCampaign(), options));
        Assert.Equal("not JSON", File.ReadAllText(file));
    }

    [Fact]
    public void TheReportHasARowForEveryPart()
    {
        using var folder = new TemporaryFolder();
        Run(new EveryThirdCampaign(), new CampaignOptions { Seed = 5, Folder = folder.Path });

        string report = CampaignReport.Of(folder.Path);
        Assert.Contains(
            "| thirds | down | 5 | 9 | 0.0 | 9 numbers | 4 | 2000-01-01 | ", report, StringComparison.Ordinal);
        Assert.Contains("| thirds | up | 5 | 9 |", report, StringComparison.Ordinal);
    }

    private static (int Found, string Output) Run(ICampaign campaign, CampaignOptions options)
    {
        var output = new StringWriter { NewLine = "\n" };
        int found = CampaignRunner.Run(campaign, options, output, new FixedTime());
        return (found, output.ToString());
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2000, 1, 1, 12, 0, 0, TimeSpan.Zero);
    }
}
