using Cnn.Campaigns.Crash.Commands;
using Cnn.Campaigns.Crash.Training;
using Cnn.Campaigns.Processes;
using Cnn.Campaigns.Running;
using Cnn.Proto;

namespace Cnn.Campaigns.Crash;

/// <summary>Kills processes and loses power while files are written.</summary>
internal sealed class CrashCampaign : ICampaign
{
    /// <inheritdoc/>
    public string Name => "crash";

    /// <inheritdoc/>
    public string Promise =>
        "A file that Cnn writes is the old one or the new one, and training goes on from whatever a crash or a loss of "
        + "power leaves, to the bits of a run that never stopped.";

    /// <inheritdoc/>
    public IReadOnlyList<string> Parts => ["kill", "power-loss", "files", "files-kill"];

    /// <inheritdoc/>
    public void Run(PartRun run)
    {
        if (StraceProgram.Missing is { } missing)
        {
            throw new CnnException($"the campaign needs strace: {missing}", "install the package strace");
        }

        switch (run.Part)
        {
            case "kill":
                KillPart.Run(run);
                break;
            case "power-loss":
                PowerLossPart.Run(run);
                break;
            default:
                FilesPart.Run(run, isKilled: run.Part == "files-kill");
                break;
        }
    }
}
