using Cnn.Fillers;

namespace Cnn.Campaigns.Running;

/// <summary>One case: its number, its random numbers, and what it tells.</summary>
internal sealed class CampaignCase
{
    private readonly PartRun run;

    internal CampaignCase(PartRun run, long number)
    {
        this.run = run;
        Number = number;
        Random = new PhiloxRandom(run.Seed ^ PartRun.Hash($"{run.Campaign}/{run.Part}"), (ulong)number);
    }

    /// <summary>The number of the case within its part, from 0.</summary>
    public long Number { get; }

    /// <summary>The random numbers of the case: a function of seed, campaign, part and number.</summary>
    public PhiloxRandom Random { get; }

    /// <summary>Counts something that the report tells, such as states that were opened.</summary>
    public void Count(string what, long more = 1) => run.Count(what, more);

    /// <summary>Reports that the promise does not hold in this case; the case may go on.</summary>
    public void Find(string message) => run.Find(Number, message);
}
