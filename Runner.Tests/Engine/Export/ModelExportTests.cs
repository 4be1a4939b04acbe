using Cnn.Engine.Export;
using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Export;

/// <summary>The nets of <c>Models/</c> as ONNX files, each checked by ONNX Runtime.</summary>
[Trait("Category", "Golden")]
public sealed class ModelExportTests : IDisposable
{
    // Nets that need a plug-in, a stage or a number filled in.
    private static readonly string[] LeftOut = ["plugin-layer", "activations", "images", "svm", "mnist-autoencoder"];

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> Nets =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "Models"), "*.prototxt", SearchOption.AllDirectories)
            .Where(file => !Path.GetFileName(file).StartsWith("solver", StringComparison.Ordinal)
                && !Path.GetFileName(file).Contains("_solver", StringComparison.Ordinal)
                && !Path.GetFileName(file).Contains("train", StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(Path.Combine(Repository.Root, "Models"), file).Replace('\\', '/'))
            .Where(file => !LeftOut.Contains(file.Split('/')[0]))
            .Order(StringComparer.Ordinal),
    ];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Nets))]
    public void ONNXRuntimeComputesWhatTheNetComputes(string name)
    {
        using Net net = Build(name);

        OnnxReport report = net.ExportOnnx(folder["net.onnx"], new OnnxOptions { Check = OnnxCheckChoice.Always });

        Assert.NotEmpty(report.Outputs);
        Assert.True(report.CheckedInputs >= 2);
        Assert.InRange(report.GreatestDifference, 0, 1e-5);
    }

    private static Net Build(string name)
    {
        string path = Path.Combine(Repository.Root, "Models", name);
        try
        {
            return Net.Load(path, options: new NetOptions { MadeUp = new MadeUpData { Batch = 1 } });
        }
        catch (CnnException exception) when (exception.Message.Contains("--shape", StringComparison.Ordinal))
        {
            var shapes = System.Text.RegularExpressions.Regex
                .Matches(exception.Message, @"--shape (\w+)=")
                .ToDictionary(m => m.Groups[1].Value, _ => new[] { 1, 1, 28, 28 });
            return Net.Load(path, options: new NetOptions { MadeUp = new MadeUpData { Batch = 1, Shapes = shapes } });
        }
    }
}
