using System.Diagnostics;
using Cnn.Campaigns.LongRuns;

namespace Cnn.Tests.Campaigns.LongRuns;

[Trait("Category", "Unit")]
public class LongCampaignTests
{
    // In a process of its own: what other tests hold is not what the campaign measures.
    [Fact]
    public async Task TheShortFormsFindNothing()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("what a process holds is read from /proc");
        }

        using var folder = new TemporaryFolder();
        string program = Path.Combine(AppContext.BaseDirectory, "Cnn.Campaigns.dll");
        var start = new ProcessStartInfo(
            "dotnet",
            [program, "long", "--cases", "1", "--state", folder["state"]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process campaign = Process.Start(start)!;
        Task<string> error = campaign.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await campaign.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await campaign.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(campaign.ExitCode == 0, output + await error);
        Assert.All(
            new LongCampaign().Parts,
            part => Assert.Contains($"long/{part}: 1 cases", output, StringComparison.Ordinal));
        string samples = Path.Combine(folder["state"], "long-1", "training", "case-0");
        Assert.True(File.ReadAllLines(samples + ".csv").Length > FlatRule.LeastSamples);
        Assert.Contains("resident memory", File.ReadAllText(samples + ".svg"), StringComparison.Ordinal);
    }
}
