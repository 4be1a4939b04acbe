using Cnn.Campaigns.Running;

namespace Cnn.Tests.Campaigns.Running;

[Trait("Category", "Unit")]
public class CampaignProgramTests
{
    [Fact]
    public void EveryCampaignHasACommandThatTellsItsPromiseAndParts()
    {
        Assert.NotEmpty(CampaignProgram.Campaigns);
        Assert.All(CampaignProgram.Campaigns, campaign =>
        {
            var (exitCode, output, _) = Run(campaign.Name, "--help");
            Assert.Equal(0, exitCode);
            Assert.Contains(campaign.Promise[..20], output, StringComparison.Ordinal);
            Assert.All(campaign.Parts, part => Assert.Contains(part, output, StringComparison.Ordinal));
        });
    }

    [Fact]
    public void APartThatDoesNotExistEndsWith1()
    {
        var (exitCode, _, error) = Run(CampaignProgram.Campaigns[0].Name, "--only", "nonsense");
        Assert.Equal(1, exitCode);
        Assert.Contains("'nonsense'", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TheReportOfNoFolderHasNoRows()
    {
        using var folder = new TemporaryFolder();
        var (exitCode, output, _) = Run("report", "--state", folder["none"]);
        Assert.Equal(0, exitCode);
        Assert.Equal(2, output.Split('\n').Count(l => l.StartsWith('|')));
    }

    private static (int ExitCode, string Output, string Error) Run(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        int exitCode = CampaignProgram.Run(args, output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
