using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;
using Cnn.Layers.Kernels;
using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Tests.Layers.Kernels;

/// <summary>
/// Runs the kernels' tests and the gradient checks again in processes in which the runtime's switches limit the vector
/// width.
/// </summary>
[Trait("Category", "Kernel")]
public partial class VectorWidthTests
{
    private const string ExpectedPath = "CNN_EXPECTED_VECTOR_PATH";

    public static TheoryData<string, string[]> Paths => new()
    {
        { nameof(VectorPath.Avx512), [] },
        { nameof(VectorPath.Avx2), ["DOTNET_EnableAVX512", "DOTNET_EnableAVX512F"] },
        {
            nameof(VectorPath.Vector128),
            ["DOTNET_EnableAVX512", "DOTNET_EnableAVX512F", "DOTNET_EnableAVX2", "DOTNET_EnableFMA"]
        },
        { nameof(VectorPath.Scalar), ["DOTNET_EnableHWIntrinsic"] },
    };

    // The widest path on this machine, by the instructions that the kernels of each path use.
    private static string Widest =>
        Avx512F.IsSupported && Avx512DQ.IsSupported ? nameof(VectorPath.Avx512)
        : Avx2.IsSupported && Fma.IsSupported ? nameof(VectorPath.Avx2)
        : Vector128.IsHardwareAccelerated ? nameof(VectorPath.Vector128)
        : nameof(VectorPath.Scalar);

    [Fact]
    public void ThePathIsTheOneThatTheSwitchesAskFor()
    {
        Assert.Equal(Environment.GetEnvironmentVariable(ExpectedPath) ?? Widest, $"{VectorUnit.Path}");
        Assert.InRange(MicroKernels.Columns, 1, 32);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task KernelsAndGradientsPassOnEveryPath(string path, string[] switchedOff)
    {
        if (Environment.GetEnvironmentVariable(ExpectedPath) is not null)
        {
            Assert.Skip("this is the process that the test starts");
        }

        if ((path == nameof(VectorPath.Avx512) && !Avx512F.IsSupported)
            || (path == nameof(VectorPath.Avx2) && !Fma.IsSupported))
        {
            Assert.Skip($"this machine, or the switches set already, have no {path}");
        }

        if (path == $"{VectorUnit.Path}")
        {
            Assert.Skip("this process runs on that path");
        }

        string assembly = typeof(VectorWidthTests).Assembly.Location;
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            ArgumentList = { assembly, "-trait", "Category=Kernel", "-trait", "Category=Gradient", "-noColor" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[ExpectedPath] = path;
        foreach (string name in switchedOff)
        {
            start.Environment[name] = "0";
        }

        CancellationToken cancel = TestContext.Current.CancellationToken;
        using Process child = Process.Start(start)!;
        using CancellationTokenRegistration end = cancel.Register(() => child.Kill(entireProcessTree: true));
        Task<string> errors = child.StandardError.ReadToEndAsync(cancel);
        string output = await child.StandardOutput.ReadToEndAsync(cancel) + await errors;
        await child.WaitForExitAsync(cancel);

        Assert.True(child.ExitCode == 0, output);
        Match total = Total().Match(output);
        Assert.True(total.Success, output);
        Assert.True(int.Parse(total.Groups["total"].Value) > 20, output);
        Assert.Equal("0", total.Groups["failed"].Value);
    }

    [GeneratedRegex(@"Total: (?<total>\d+), Errors: 0, Failed: (?<failed>\d+)")]
    private static partial Regex Total();
}
