namespace Cnn.Tests.Proto;

/// <summary>
/// The nets that others have published. The files are not ours, so they are read from the folder that CNN_NETS names:
/// <c>CNN_NETS=DIR dotnet test --filter PublicNets</c>.
/// </summary>
[Trait("Category", "Golden")]
public sealed class PublicNetsTests(ITestOutputHelper output)
{
    [Fact]
    public void TheShareThatLoadsIsReported()
    {
        Assert.SkipWhen(PublicNets.Folder is null, "CNN_NETS names no folder of nets");

        var tried = PublicNets.Try(PublicNets.Folder!);

        output.WriteLine(PublicNets.Report(tried));
        Assert.NotEmpty(tried);
        Assert.DoesNotContain(tried.SelectMany(t => t.Causes), c => c.StartsWith("BUG", StringComparison.Ordinal));
    }

    [Fact]
    public void AReportRanksTheCauses()
    {
        using var folder = new TemporaryFolder();
        const string Input = "layer { name: 'x' type: 'Input' top: 'x' input_param { shape { dim: [1, 2] } } }\n";
        folder.Write("good.prototxt", Input);
        folder.Write("same.prototxt", Input);
        folder.Write("own.prototxt", Input + "layer { name: 'a' type: 'Own' bottom: 'x' top: 'a' }");
        folder.Write(
            "two.prototxt",
            Input + "layer { name: 'b' type: 'Own' bottom: 'x' }\nlayer { type: 'YoloSeg' bottom: 'x' }");
        folder.Write(
            "train.prototxt",
            "layer { name: 'd' type: 'Data' top: 'd' data_param { source: 'x' batch_size: 9 } }");
        folder.Write("solver.prototxt", "base_lr: 1");

        string[] report = PublicNets.Report(PublicNets.Try(folder.Path)).Split('\n');

        Assert.Equal(
            [
                "2 of 4 nets load, 50.0 %",
                "1 of 3 deploy nets load, 33.3 %",
                "1 of 1 train nets load, 100.0 %",
                "nets  deploy  alone  cause, example",
                "   2       2      1  unknown layer type 'Own'",
                "                     own.prototxt",
            ],
            report[..6]);
    }
}
