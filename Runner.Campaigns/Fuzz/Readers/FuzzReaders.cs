namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>All readers of files that come from anywhere.</summary>
internal static class FuzzReaders
{
    /// <summary>The readers, in the order in which a campaign runs them.</summary>
    public static IReadOnlyList<FuzzReader> All { get; } =
    [
        .. DefinitionReaders.All,
        .. WeightReaders.All,
        .. ArrayReaders.All,
        .. DatabaseReaders.All,
        .. ImageReaders.All,
        .. ListReaders.All,
        .. RunReaders.All,
    ];

    /// <summary>Returns the reader of a name.</summary>
    public static FuzzReader Find(string name) => All.Single(reader => reader.Name == name);

    /// <summary>Returns the bytes of the file that something writes.</summary>
    /// <param name="folder">A folder for it.</param>
    /// <param name="name">Its name.</param>
    /// <param name="write">Writes it at a path.</param>
    public static byte[] Written(string folder, string name, Action<string> write)
    {
        string path = Path.Combine(folder, name);
        File.Delete(path);
        write(path);
        return File.ReadAllBytes(path);
    }
}
