using System.Runtime.InteropServices;
using Cnn.Proto;

namespace Cnn.Layers.Plugins.Compilation;

/// <summary>An installed .NET SDK that can compile plug-ins for this runtime.</summary>
/// <param name="Host">The program <c>dotnet</c>.</param>
/// <param name="Version">The version, such as "10.0.100".</param>
internal sealed record DotnetSdk(string Host, string Version)
{
    private static string HostName => OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";

    /// <summary>Finds the SDK beside the running .NET or on the path; returns null where there is none.</summary>
    public static DotnetSdk? Find() => Find(Folders(
        RuntimeEnvironment.GetRuntimeDirectory(),
        Environment.GetEnvironmentVariable("DOTNET_ROOT"),
        Environment.GetEnvironmentVariable("PATH")));

    /// <summary>
    /// Returns the newest SDK of the first folder that has a suitable one. One of the runtime's own major version
    /// precedes newer ones, which would have to download what they compile against.
    /// </summary>
    /// <param name="folders">Folders in which .NET may be installed.</param>
    public static DotnetSdk? Find(IEnumerable<string> folders)
    {
        int major = Environment.Version.Major;
        return folders
            .Where(folder => File.Exists(Path.Combine(folder, HostName)))
            .Select(folder => Installed(folder)
                .Where(v => v.Number.Major >= major)
                .OrderBy(v => v.Number.Major != major)
                .ThenByDescending(v => v.Number)
                .ThenBy(v => v.Name.Contains('-', StringComparison.Ordinal))
                .ThenByDescending(v => v.Name, StringComparer.Ordinal)
                .Select(v => new DotnetSdk(Path.Combine(folder, HostName), v.Name))
                .FirstOrDefault())
            .FirstOrDefault(sdk => sdk is not null);
    }

    /// <summary>
    /// Returns the folders in which .NET may be installed. One that is not told in full would be one below the working
    /// folder, such as that of somebody's net, and is none of them.
    /// </summary>
    /// <param name="runtime">The folder of the running .NET, <c>shared/Microsoft.NETCore.App/VERSION</c>.</param>
    /// <param name="root">The variable DOTNET_ROOT.</param>
    /// <param name="path">The variable PATH.</param>
    internal static IEnumerable<string> Folders(string runtime, string? root, string? path)
    {
        yield return Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
        if (Path.IsPathFullyQualified(root ?? ""))
        {
            yield return root!;
        }

        foreach (string folder in (path ?? "").Split(Path.PathSeparator).Where(Path.IsPathFullyQualified))
        {
            string host = Path.Combine(folder, HostName);
            if (File.Exists(host))
            {
                yield return Path.GetDirectoryName(PathText.Resolved(host))!;
            }
        }
    }

    private static IEnumerable<(string Name, Version Number)> Installed(string folder)
    {
        string sdks = Path.Combine(folder, "sdk");
        var readable = new EnumerationOptions { IgnoreInaccessible = true };
        return from path in Directory.Exists(sdks) ? Directory.EnumerateDirectories(sdks, "*", readable) : []
            where File.Exists(Path.Combine(path, "dotnet.dll"))
            let name = Path.GetFileName(path)
            let number = System.Version.TryParse(name.Split('-')[0], out Version? version) ? version : null
            where number is not null
            select (name, number);
    }
}
