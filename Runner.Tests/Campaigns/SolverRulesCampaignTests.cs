using Cnn.Campaigns.Running;
using Cnn.Campaigns.SolverRules;

namespace Cnn.Tests.Campaigns;

/// <summary>The short form of the campaign <c>solver-rules</c>.</summary>
public sealed class SolverRulesCampaignTests
{
    private const int Cases = 3;

    public static TheoryData<string> SolverTypes => [.. new SolverRulesCampaign().Parts];

    [Theory]
    [MemberData(nameof(SolverTypes))]
    [Trait("Category", "Fuzz")]
    public void ASolverUpdatesTheWeightsByItsRule(string type)
    {
        var output = new StringWriter();
        var options = new CampaignOptions { Seed = 20, Cases = Cases, Parts = [type] };

        int found = CampaignRunner.Run(new SolverRulesCampaign(), options, output, TimeProvider.System);

        Assert.True(found == 0, output.ToString());
        Assert.Contains($"{Cases} cases", output.ToString(), StringComparison.Ordinal);
    }
}
