namespace Cnn.Campaigns.Running;

/// <summary>
/// A long, seeded search for what breaks one promise. It consists of numbered cases, and a case is a function of the
/// seed, the part and its number, so that a finding can be repeated alone and a campaign can go on where it stopped.
/// </summary>
internal interface ICampaign
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>The promise that the campaign tries to break, in one sentence.</summary>
    string Promise { get; }

    /// <summary>What can be run on its own (<c>--only</c>), such as one reader each; at least one.</summary>
    IReadOnlyList<string> Parts { get; }

    /// <summary>
    /// Runs the cases of one part, by <see cref="PartRun.Cases"/>, until it has no more or the time is over.
    /// </summary>
    void Run(PartRun run);
}
