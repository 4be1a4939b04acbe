using System.Runtime.InteropServices;
using Cnn.Campaigns.Processes;

namespace Cnn.Tests.Layers.Plugins.Compilation;

/// <summary>Plug-ins of C# source where .NET is installed without an SDK.</summary>
[Trait("Category", "Unit")]
public sealed class MissingSdkTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public MissingSdkTests()
    {
        folder.Write("My.cs", "class My { }\n");
        folder.Write("net.prototxt", "layer { name: 'd' type: 'Input' top: 'd' input_param { shape { dim: 1 } } }\n");
    }

    public void Dispose() => folder.Dispose();

    // A net's folder may hold what looks like an SDK, and variables may lead there.
    [Theory]
    [InlineData("", "/nonexistent")]
    [InlineData(".", "/nonexistent")]
    [InlineData("", ".::./")]
    public void TheErrorSaysWhatToInstallAndNothingOfTheNetsFolderIsRun(string root, string path)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the runtime is laid out as on Linux");
        PlantSdk();
        string[] environment =
            ["env", $"DOTNET_ROOT={root}", $"PATH={path}", $"XDG_CACHE_HOME={folder["cache"]}"];

        ProcessResult run = CnnRun.Finish(
            folder.Path,
            TimeSpan.FromMinutes(5),
            ["summary", "net.prototxt", "--plugin", "My.cs"],
            environment,
            [RuntimeAlone(), CnnRun.Command[1]]);

        Assert.Equal(
            (1, $"cnn: the plug-in 'My.cs' is C# source, and there is no .NET SDK to compile it; install the .NET "
                + $"{Environment.Version.Major} SDK, so that 'dotnet --list-sdks' tells of it "
                + "(https://dotnet.microsoft.com/download), or name a .dll that was built elsewhere"),
            (run.ExitCode, run.Error.TrimEnd()));
        Assert.False(File.Exists(folder["ran"]));
        Assert.False(Directory.Exists(folder["cache"]));
    }

    private void PlantSdk()
    {
        Directory.CreateDirectory(folder["sdk/10.0.999"]);
        File.WriteAllText(folder["sdk/10.0.999/dotnet.dll"], "");
        string program = folder.Write("dotnet", $"#!/bin/sh\necho yes >'{folder["ran"]}'\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    // The running .NET without its SDK: links, but for the files whose own places tell the runtime where it is.
    private string RuntimeAlone()
    {
        string[] own = ["libcoreclr.so", "System.Private.CoreLib.dll"];
        string runtime = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
        string installed = Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
        string copy = Path.Combine(folder["runtime"], Path.GetRelativePath(installed, runtime));
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.EnumerateFiles(runtime))
        {
            string name = Path.GetFileName(file);
            if (own.Contains(name))
            {
                File.Copy(file, Path.Combine(copy, name));
            }
            else
            {
                File.CreateSymbolicLink(Path.Combine(copy, name), file);
            }
        }

        Directory.CreateSymbolicLink(folder["runtime/host"], Path.Combine(installed, "host"));
        File.Copy(Path.Combine(installed, "dotnet"), folder["runtime/dotnet"]);
        return folder["runtime/dotnet"];
    }
}
