namespace Cnn.Campaigns.Crash.Disks;

/// <summary>An operation on a disk.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Node">The file or folder; for names, the folder that has them.</param>
internal sealed record DiskOperation(DiskOperationKind Kind, int Node)
{
    /// <summary>The name that is given or taken away.</summary>
    public string Name { get; init; } = "";

    /// <summary>The name before a renaming.</summary>
    public string OldName { get; init; } = "";

    /// <summary>The file or folder that gets the name.</summary>
    public int Target { get; init; }

    /// <summary>Where bytes are written, or a file's new length.</summary>
    public long Place { get; init; }

    /// <summary>The bytes that are written.</summary>
    public byte[] Data { get; init; } = [];
}
