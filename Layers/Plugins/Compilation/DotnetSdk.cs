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
    public static DotnetSdk? Find() => Find(Folders());

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

    private static IEnumerable<string> Folders()
    {
        // The folder shared/Microsoft.NETCore.App/10.0.0 of the runtime is three below that of the host.
        yield return Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root)
        {
            yield return root;
        }

        // A folder that is not told in full would be one below the folder of somebody's net.
        string searched = Environment.GetEnvironmentVariable("PATH") ?? "";
        foreach (string folder in searched.Split(Path.PathSeparator).Where(Path.IsPathFullyQualified))
        {
            string host = Path.Combine(folder, HostName);
            if (File.Exists(host))
            {
                yield return Path.GetDirectoryName(PathText.Resolved(host))!;
            }
        }
    }
}
