using Cnn.Campaigns.References;
using Cnn.Campaigns.Running;

namespace Cnn.Tests.Campaigns;

/// <summary>The short form of the campaign <c>reference</c>.</summary>
public sealed class ReferenceCampaignTests
{
    private const int Cases = 100;

    public static TheoryData<string> Families => [.. ReferenceTable.Families.Keys];

    [Theory]
    [MemberData(nameof(Families))]
    [Trait("Category", "Fuzz")]
    public void TheLayersOfAFamilyComputeTheirFormulas(string family)
    {
        var output = new StringWriter();
        var options = new CampaignOptions { Seed = 20, Cases = Cases, Parts = [family] };

        int found = CampaignRunner.Run(new ReferenceCampaign(), options, output, TimeProvider.System);

        Assert.True(found == 0, output.ToString());
        Assert.Contains($"{Cases} cases", output.ToString(), StringComparison.Ordinal);
    }
}
