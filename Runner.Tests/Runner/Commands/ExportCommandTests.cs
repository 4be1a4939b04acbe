using System.Diagnostics;
using Cnn.Tests.Engine.Export;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public sealed class ExportCommandTests : IDisposable
{
    private const string Small = """
        name: "Small"
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 3 dim: 6 dim: 5 } } }
        layer { name: "conv" type: "Convolution" bottom: "x" top: "conv" convolution_param { num_output: 4
          kernel_size: 3 weight_filler { type: "xavier" } } }
        layer { name: "relu" type: "ReLU" bottom: "conv" top: "conv" }
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ANetIsExportedAndChecked()
    {
        CommandLine run = Export(Small, "--check");

        Assert.Equal("", run.Error);
        Assert.Matches(
            @"^exported Small: 3 layers, 112 parameters, opset 17; checked over 4 random inputs: greatest difference "
            + @"\d\.\de-?\d+ \(relative\)\n$",
            run.Output);
        Assert.Equal(0, run.ExitCode);
        OnnxRules.Require(folder["net.onnx"]);
    }

    [Theory]
    [InlineData("--mean 104,117,123 --swap-channels", "Gather Sub Conv Relu")]
    [InlineData("--mean 104 --scale 0.5", "Sub Mul Conv Relu")]
    [InlineData("--scale 0.017", "Mul Conv Relu")]
    [InlineData("--no-check --opset 21", "Conv Relu")]
    public void PreprocessingComesFirst(string options, string operators)
    {
        CommandLine run = Export(Small, options.Split(' '));

        Assert.Equal("", run.Error);
        Assert.Equal(
            operators, string.Join(' ', OnnxRules.Require(folder["net.onnx"]).Graph.Node.Select(n => n.OpType)));
        bool isChecked = !options.StartsWith("--no-check", StringComparison.Ordinal);
        Assert.Contains(
            isChecked ? "; checked" : "; not checked: it was not asked for", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--mean 1,2", "the mean 1,2 has 2 channel(s), the net's input 3")]
    [InlineData("--opset 12", "opset 12 is not supported; 13 to 22")]
    [InlineData("--check --no-check", "--check and --no-check contradict each other")]
    public void NothingIsWrittenForWrongOptions(string options, string error)
    {
        CommandLine run = Export(Small, options.Split(' '));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(error, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["net.onnx"]));
    }

    [Fact]
    public void WhatOnnxLacksIsRefusedOrOfAnotherDomain()
    {
        const string Text = """
            name: "Regions"
            layer { name: "x" type: "Input" top: "x" top: "rois" input_param {
              shape { dim: 1 dim: 8 dim: 6 dim: 5 } shape { dim: 2 dim: 5 } } }
            layer { name: "pool" type: "PSROIPooling" bottom: "x" bottom: "rois" top: "pool" psroi_pooling_param {
              spatial_scale: 1 output_dim: 2 group_size: 2 } }
            """;

        CommandLine refused = Export(Text);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(
            "net.prototxt:4:1: layer 'pool': a PSROIPooling layer cannot be exported to ONNX: ONNX has no such "
            + "operation",
            refused.Error,
            StringComparison.Ordinal);
        CommandLine demanded = Export(Text, "--custom-domain", "--check");
        Assert.Equal(1, demanded.ExitCode);
        Assert.Contains(
            "the file cannot be checked: ONNX Runtime does not know the domain cnn; export it without the check",
            demanded.Error,
            StringComparison.Ordinal);
        Assert.False(File.Exists(folder["net.onnx"]));

        CommandLine run = Export(Text, "--custom-domain");
        Assert.Equal("", run.Error);
        Assert.Contains(
            "; not checked: ONNX Runtime does not know the domain cnn", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void ExternalDataLiesBesideTheFile()
    {
        CommandLine run = Export(
            Small.Replace("num_output: 4", "num_output: 40", StringComparison.Ordinal), "--external-data", "--check");

        Assert.Equal("", run.Error);
        Assert.Equal(
            ["net.onnx", "net.onnx.data", "net.prototxt"],
            Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        OnnxRules.Require(folder["net.onnx"]);
    }

    [Fact]
    public void WithoutOnnxRuntimeTheCheckSaysHowToInstallIt()
    {
        const string How = "put Microsoft.ML.OnnxRuntime.dll and its native library, of the NuGet packages "
            + "Microsoft.ML.OnnxRuntime.Managed and Microsoft.ML.OnnxRuntime, beside the program or into a folder that "
            + "CNN_ONNXRUNTIME names";

        var (code, _, error) = OfTheProgram(null, "--check");
        Assert.Equal(1, code);
        Assert.Contains(
            $"the file cannot be checked: ONNX Runtime is not installed; {How}", error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder["net.onnx"]));

        (code, _, error) = OfTheProgram(folder.Path, "--check");
        Assert.Equal(1, code);
        Assert.Contains(
            $"CNN_ONNXRUNTIME: '{folder["Microsoft.ML.OnnxRuntime.dll"]}' is not there; {How}",
            error,
            StringComparison.Ordinal);

        (code, string output, _) = OfTheProgram(null);
        Assert.Equal(0, code);
        Assert.Contains("; not checked: ONNX Runtime is not installed", output, StringComparison.Ordinal);

        (code, output, _) = OfTheProgram(AppContext.BaseDirectory);
        Assert.Equal(0, code);
        Assert.Contains("; checked over 4 random inputs", output, StringComparison.Ordinal);
    }

    private CommandLine Export(string text, params string[] options) => CommandLine.Run(
        ["export", "--model", folder.Write("net.prototxt", text), "--to", folder["net.onnx"], .. options]);

    // The program as it is built, without the packages of the tests.
    private (int ExitCode, string Output, string Error) OfTheProgram(string? runtime, params string[] options)
    {
        string program = Repository.PathOf(
            "Runner",
            "bin",
            Path.GetRelativePath(Repository.PathOf("Runner.Tests", "bin"), AppContext.BaseDirectory),
            "cnn.dll");
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        string[] arguments =
        [
            program, "export", "--model", folder.Write("net.prototxt", Small), "--to", folder["net.onnx"], .. options,
        ];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["CNN_ONNXRUNTIME"] = runtime ?? "";
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
