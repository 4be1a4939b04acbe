using Cnn.Campaigns.Processes;
using Cnn.Campaigns.Running;
using Cnn.Campaigns.SystemErrors;

namespace Cnn.Tests.Campaigns;

/// <summary>The short form of the campaign on errors of the system.</summary>
[Trait("Category", "Crash")]
public sealed class SystemErrorsTests
{
    private const int CasesOfAScenario = 4;

    [Fact]
    public void FailedCallsAreToldInWordsAndLoseNothing()
    {
        Assert.SkipUnless(StraceProgram.Missing is null, $"strace is needed: {StraceProgram.Missing}");
        Scenario[] scenarios =
        [
            Named("train", "hdf5"), Named("test", "extract features"), Named("convert", "weights over a file"),
            Named("data", "inspect leveldb"),
        ];
        using var cases = new FaultCases(scenarios, seed: 1);
        var output = new StringWriter();
        var state = new PartState();
        var run = new PartRun(
            "system-errors", "short", new CampaignOptions { Seed = 1 }, state, time: null, output, save: () => { });

        run.Cases(cases.Run, scenarios.Length * CasesOfAScenario);

        Assert.Equal("", output.ToString());
        Assert.Equal(scenarios.Length * CasesOfAScenario, state.Counts["failed calls"]);
    }

    private static Scenario Named(string part, string name) => Scenarios.Of(part).Single(s => s.Name == name);
}
