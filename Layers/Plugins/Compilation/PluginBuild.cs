using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Xml.Linq;
using Cnn.Proto;

namespace Cnn.Layers.Plugins.Compilation;

/// <summary>
/// One build of a plug-in, in a folder of its own that is deleted at the end. The source is copied there, so that no
/// other file of the user's has a part in it.
/// </summary>
/// <param name="folder">The folder, which exists and is empty.</param>
/// <param name="plugin">The plug-in, for errors.</param>
internal sealed class PluginBuild(string folder, string plugin) : IDisposable
{
    private const int TimeToDie = 5000;

    private volatile bool isEnded;

    /// <summary>The folder of the build.</summary>
    public string Folder { get; } = folder;

    /// <summary>The folder with the assembly, after the build.</summary>
    public string Output => Path.Combine(Folder, "out");

    private string Sources => Path.Combine(Folder, "source");

    private string Home => Path.Combine(Folder, "home");

    /// <summary>Returns the file that is compiled.</summary>
    public string SourceFile(string name) => Path.Combine(Sources, name + ".cs");

    /// <summary>Runs the build.</summary>
    /// <param name="sdk">The SDK.</param>
    /// <param name="name">The assembly's name.</param>
    /// <param name="source">The bytes of the C# file.</param>
    /// <param name="references">The assemblies to compile against.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="CnnException">It cannot be run.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public CompilerOutput Run(
        DotnetSdk sdk, string name, byte[] source, IEnumerable<string> references, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(Sources);
            Directory.CreateDirectory(Home);
            File.WriteAllBytes(SourceFile(name), source);
            File.WriteAllText(Path.Combine(Sources, "Directory.Build.props"), Properties(references));
            File.WriteAllText(
                Path.Combine(Sources, "global.json"),
                $$"""{ "sdk": { "version": "{{sdk.Version}}", "rollForward": "disable", "allowPrerelease": true } }""");
            return Run(StartOf(sdk, name), cancellation);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or Win32Exception)
        {
            string reason = exception is Win32Exception ? exception.Message : FileErrors.Reason(exception);
            throw new CnnException($"the plug-in '{plugin}' cannot be compiled: {reason}", inner: exception)
            {
                IsOfTheMachine = FileErrors.IsOfTheMachine(exception),
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A virus scanner may hold a file; what is left is of no use to anybody, and does no harm.
        }
    }

    // MSBuild looks for this file from the source's folder upwards, and takes the first.
    private static string Properties(IEnumerable<string> references) => new XElement(
        "Project",
        new XElement(
            "PropertyGroup",
            new XElement("ImportDirectoryBuildTargets", "false"),
            new XElement("ImportDirectoryPackagesProps", "false"),
            new XElement("DiscoverEditorConfigFiles", "false"),
            new XElement("DiscoverGlobalAnalyzerConfigFiles", "false"),
            new XElement("EnableDynamicLoading", "true"),
            new XElement("RunAnalyzers", "false"),
            new XElement("NuGetAudit", "false"),
            new XElement("EmbedAllSources", "true"),
            new XElement("PathMap", "$(MSBuildThisFileDirectory)=/_/")),
        new XElement(
            "ItemGroup",
            references.Select(r => new XElement(
                "Reference", new XAttribute("Include", Escape(r)), new XAttribute("Private", "false"))))).ToString();

    // MSBuild's own escapes, for the characters that it reads as a list, a pattern or a property.
    private static string Escape(string path)
    {
        var text = new StringBuilder();
        foreach (char c in path)
        {
            text.Append("%*?@$();'".Contains(c, StringComparison.Ordinal) ? $"%{(int)c:X2}" : c.ToString());
        }

        return text.ToString();
    }

    private ProcessStartInfo StartOf(DotnetSdk sdk, string name)
    {
        string[] arguments =
        [
            "build", SourceFile(name), "-c", "Release", "-o", Output, "--artifacts-path", Path.Combine(Folder, "obj"),
            "-v:q", "-nologo", "-tl:off", "-clp:NoSummary",
            "-p:OutputType=Library", "-p:PublishAot=false", "-p:UseSharedCompilation=false",
            $"-p:TargetFramework=net{Environment.Version.Major}.0",
        ];
        var start = new ProcessStartInfo(sdk.Host, arguments)
        {
            WorkingDirectory = Sources,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        SetEnvironment(start.Environment);
        return start;
    }

    private void SetEnvironment(IDictionary<string, string?> environment)
    {
        // "dotnet run" and "dotnet test" hand down settings of their own MSBuild.
        foreach (string name in environment.Keys.Where(
            n => n.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            environment.Remove(name);
        }

        // No process stays behind to serve the next build.
        environment["MSBUILDDISABLENODEREUSE"] = "1";
        environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        environment["DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE"] = "1";
        environment["DOTNET_SKIP_WORKLOAD_INTEGRITY_CHECK"] = "1";
        environment["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false";
        environment["DOTNET_NOLOGO"] = "1";
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // The SDK leaves notes of each file that it built in the folder for data.
        environment["XDG_DATA_HOME"] = Home;
        if (!CanWrite(environment.TryGetValue("HOME", out string? home) ? home : null))
        {
            environment["HOME"] = environment["DOTNET_CLI_HOME"] = Home;
        }
    }

    private static bool CanWrite(string? home)
    {
        try
        {
            if (!Directory.Exists(home))
            {
                return false;
            }

            TemporaryFile.Probe(home);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private CompilerOutput Run(ProcessStartInfo start, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using Process process = Process.Start(start)!;
        using var ending = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => End(process));
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, _ => End(process));
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            process.WaitForExitAsync(cancellation).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            throw;
        }

        if (isEnded)
        {
            throw new OperationCanceledException();
        }

        return new CompilerOutput(process.ExitCode, $"{output.Result}\n{error.Result}");
    }

    // The system ends this process after the handler, so nobody else tidies up.
    private void End(Process process)
    {
        isEnded = true;
        Kill(process);
        Dispose();
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeToDie);
        }
        catch (Exception exception)
            when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }
}
