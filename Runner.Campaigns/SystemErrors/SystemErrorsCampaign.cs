using Cnn.Campaigns.Running;
using Cnn.Campaigns.SystemErrors.Memory;

namespace Cnn.Campaigns.SystemErrors;

/// <summary>
/// Runs commands on small files, each time with one failing call of the system, by strace; and with too little memory.
/// </summary>
internal sealed class SystemErrorsCampaign : ICampaign
{
    private const string MemoryPart = "memory";

    /// <inheritdoc/>
    public string Name => "system-errors";

    /// <inheritdoc/>
    public string Promise =>
        "Whichever open, read, write, map or rename of a user's file fails: the command says so in words and names the "
        + "file, nothing is lost, no file is half written.";

    /// <inheritdoc/>
    public IReadOnlyList<string> Parts => [.. Scenarios.Parts, MemoryPart];

    /// <inheritdoc/>
    public void Run(PartRun run)
    {
        if (run.Part == MemoryPart)
        {
            MemoryCases.Run(run);
            return;
        }

        Strace.Require();
        using var cases = new FaultCases(Scenarios.Of(run.Part), run.Seed);
        run.Cases(cases.Run, cases.Count);
    }
}
