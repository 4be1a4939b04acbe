namespace Cnn.Campaigns.Crash.Disks;

/// <summary>A file or a folder of a disk.</summary>
internal sealed class DiskNode
{
    private DiskNode()
    {
    }

    /// <summary>The bytes of a file; null for a folder.</summary>
    public byte[]? Bytes { get; set; }

    /// <summary>The names of a folder, with the numbers of their nodes.</summary>
    public SortedDictionary<string, int> Names { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Returns a file.</summary>
    public static DiskNode File(byte[] bytes) => new() { Bytes = bytes };

    /// <summary>Returns a folder.</summary>
    public static DiskNode Folder() => new();

    /// <summary>Returns a copy that can be changed without changing this one.</summary>
    public DiskNode Copy() => new()
    {
        Bytes = Bytes,
        Names = new SortedDictionary<string, int>(Names, StringComparer.Ordinal),
    };
}
