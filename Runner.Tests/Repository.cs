namespace Cnn.Tests;

/// <summary>Files of the repository that tests use in place.</summary>
internal static class Repository
{
    /// <summary>The top folder.</summary>
    public static string Root { get; } = RepositoryFolder.Find()
        ?? throw new InvalidOperationException("the tests run outside the repository");

    /// <summary>Returns the full path of a file or folder, given its path from the top.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The worked example of a plug-in, built along with the tests.</summary>
    public static string PluginAssembly { get; } = PathOf(
        "Models",
        "plugin-layer",
        "bin",
        Path.GetRelativePath(PathOf("Runner.Tests", "bin"), AppContext.BaseDirectory),
        "PluginLayer.dll");
}
