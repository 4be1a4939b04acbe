namespace Cnn.Campaigns.Crash.Disks;

/// <summary>What an operation does on a disk.</summary>
internal enum DiskOperationKind
{
    /// <summary>Writes bytes into a file.</summary>
    Write,

    /// <summary>Gives a file another length.</summary>
    Resize,

    /// <summary>Waits until a file's bytes, or a folder's names, are on the disk.</summary>
    Flush,

    /// <summary>Gives a file or folder a name, which is new unless another one had it.</summary>
    Link,

    /// <summary>Takes a name away.</summary>
    Unlink,

    /// <summary>Gives a file or folder another name in its folder, at once.</summary>
    Rename,
}
