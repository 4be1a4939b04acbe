using Cnn.Campaigns.Processes;
using SkiaSharp;

namespace Cnn.Tests.Campaigns;

/// <summary>The real program with a heap that is too small, as in a container.</summary>
[Trait("Category", "Crash")]
public sealed class MemoryTests : IDisposable
{
    // A single array that is larger: without concurrent collection, the runtime crashes at 32 MB.
    private const string Limit = "DOTNET_GCHeapHardLimit=0x2000000";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void ANetThatIsTooLargeIsToldWithItsLayerAndTheSize()
    {
        folder.Write(
            "net.prototxt",
            """
            layer { name: "data" type: "Digits" top: "data" top: "label" digits_param { batch_size: 8 } }
            layer { name: "wide" type: "InnerProduct" bottom: "data" top: "wide"
              inner_product_param { num_output: 16384 weight_filler { type: "xavier" } } }
            layer { name: "loss" type: "SoftmaxWithLoss" bottom: "wide" bottom: "label" top: "loss" }
            """);
        folder.Write("solver.prototxt", """net: "net.prototxt" base_lr: 0.1 lr_policy: "fixed" max_iter: 1""");

        ProcessResult result = Run("train", "--solver", "solver.prototxt", "--threads", "1");

        Assert.True(result.ExitCode == 2, result.Error);
        Assert.Contains("layer 'wide': there is not enough memory for a buffer of 51,380,224 bytes; "
            + "a smaller batch_size or input takes less", result.Error, StringComparison.Ordinal);
        Assert.Equal(["net.prototxt", "solver.prototxt"], Names());
    }

    [Fact]
    public void AFileThatIsTooLargeIsToldWithItsSize()
    {
        using (FileStream large = File.Create(folder["w.caffemodel"]))
        {
            large.SetLength(50_000_000);
        }

        ProcessResult result = Run("convert", "w.caffemodel", "w.prototxt");

        Assert.True(result.ExitCode == 2, result.Error);
        Assert.Equal(
            "cnn: cannot read 'w.caffemodel': there is not enough memory for its 50,000,000 bytes\n", result.Error);
        Assert.Equal(["w.caffemodel"], Names());
    }

    [Fact]
    public void AnImageThatIsTooLargeEndsAConversionInsteadOfBeingLeftOut()
    {
        using var image = new SKBitmap(6000, 6000);
        using (FileStream file = File.Create(folder["large.png"]))
        {
            image.Encode(file, SKEncodedImageFormat.Png, 100);
        }

        folder.Write("list.txt", "large.png 0\n");

        ProcessResult result = Run("convert_imageset", "./", "list.txt", "db", "--threads", "1");

        Assert.True(result.ExitCode == 2, result.Error);
        Assert.Contains("cnn: ./large.png: there is not enough memory", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["db"]));
    }

    private ProcessResult Run(params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there is no env");
        return CnnRun.Finish(folder.Path, TimeSpan.FromMinutes(5), arguments, ["env", Limit]);
    }

    private IEnumerable<string?> Names() =>
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
