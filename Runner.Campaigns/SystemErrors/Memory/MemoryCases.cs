using Cnn.Campaigns.Running;

namespace Cnn.Campaigns.SystemErrors.Memory;

/// <summary>The cases of the part on memory.</summary>
internal static class MemoryCases
{
    /// <summary>Runs the cases.</summary>
    public static void Run(PartRun run) => run.Cases(_ => { }, 0);
}
