namespace Cnn.Campaigns;

/// <summary>The clone that a program was built in.</summary>
internal static class RepositoryFolder
{
    /// <summary>Returns the top folder; null where the program runs outside of a clone.</summary>
    public static string? Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Cnn.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder;
    }
}
