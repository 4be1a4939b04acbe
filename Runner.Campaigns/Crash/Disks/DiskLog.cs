namespace Cnn.Campaigns.Crash.Disks;

/// <summary>What a folder held on the disk before a process ran, and all that it did there.</summary>
/// <param name="Start">The nodes before, each on the disk; node 0 is the folder.</param>
/// <param name="IsFolder">Whether a node is a folder, for all nodes that there ever were.</param>
/// <param name="Operations">What was done, in order.</param>
internal sealed record DiskLog(
    IReadOnlyList<DiskNode> Start, IReadOnlyList<bool> IsFolder, IReadOnlyList<DiskOperation> Operations);
