using Cnn.Campaigns.Running;

namespace Cnn.Tests.Campaigns.References;

/// <summary>One case of a campaign, outside of one.</summary>
internal static class SingleCase
{
    /// <summary>Runs an action with a case, and returns what it counted.</summary>
    public static IReadOnlyDictionary<string, long> Run(Action<CampaignCase> action, long number = 0)
    {
        var state = new PartState();
        var run = new PartRun("test", "part", new CampaignOptions(), state, time: null, TextWriter.Null, () => { });
        action(new CampaignCase(run, number));
        return state.Counts;
    }
}
