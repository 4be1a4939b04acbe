using Cnn.Campaigns.Running;

namespace Cnn.Tests.Campaigns.Running;

/// <summary>A campaign of which every third case is a finding, and which remembers what ran.</summary>
internal sealed class EveryThirdCampaign : ICampaign
{
    public string Name => "thirds";

    public string Promise => "No number is divided by three.";

    public IReadOnlyList<string> Parts => ["up", "down"];

    /// <summary>The cases that ran, with the first random number of each.</summary>
    public List<(string Part, long Number, double Drawn)> Ran { get; } = [];

    public void Run(PartRun run) => run.Cases(
        one =>
        {
            Ran.Add((run.Part, one.Number, one.Random.NextDouble()));
            one.Count("numbers");
            if (one.Number % 3 == 2)
            {
                one.Find($"{one.Number + 1} is divided\nby three");
            }

            if (one.Number == 7)
            {
                throw new InvalidOperationException("seven");
            }
        },
        count: 9);
}
