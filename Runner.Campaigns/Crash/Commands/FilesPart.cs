using Cnn.Campaigns.Running;

namespace Cnn.Campaigns.Crash.Commands;

internal static class FilesPart
{
    public static void Run(PartRun run) => run.Cases(_ => { }, 0);
}
