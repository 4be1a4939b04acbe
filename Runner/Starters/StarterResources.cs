using System.Reflection;

namespace Cnn.Runner.Starters;

/// <summary>Reads the starters' files, which are in <c>Runner/Starters/Files</c> and part of the assembly.</summary>
internal static class StarterResources
{
    private const string Folder = "starters/";

    /// <summary>Returns the files of a starter in the order of their names.</summary>
    public static IReadOnlyList<StarterFile> Read(string starter)
    {
        Assembly assembly = typeof(StarterResources).Assembly;
        var files = new List<StarterFile>();
        foreach (string resource in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            // A build on Windows names the folders with backslashes.
            string path = resource.Replace('\\', '/');
            string prefix = $"{Folder}{starter}/";
            if (path.StartsWith(prefix, StringComparison.Ordinal))
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
                files.Add(new StarterFile(path[prefix.Length..], reader.ReadToEnd()));
            }
        }

        return files;
    }
}
