using System.Diagnostics;
using System.Text.Json;
using Cnn.Engine.Pages;
using Cnn.Engine.Runs;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Pages;

[Trait("Category", "Unit")]
public sealed class RunPageTests : IDisposable
{
    private const string Hostile = "</script><img src=x onerror=alert(1)>";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void APageAsksForNothingOutside()
    {
        string page = RunPage.Html([SampleRuns.Lenet()]);

        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.Contains("connect-src 'none'", page, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "http:",
            page.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
        Assert.DoesNotContain("https:", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\{\{[a-z]+\}\}", page);
    }

    [Fact]
    public void ALivePageAsksItsServerAlone()
    {
        string page = RunPage.Html(
            [SampleRuns.Lenet(100)],
            new PageOptions { Live = new LivePage("/events", "/data", "/control", "to</script>ken") });

        Assert.Contains("connect-src 'self'", page, StringComparison.Ordinal);
        Assert.Contains("\"events\":\"/events\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("to</script>ken", page, StringComparison.Ordinal);
    }

    [Fact]
    public void TextOfUsersStaysText()
    {
        RunRecord run = SampleRuns.Lenet();
        run.Name = run.Failure = run.LastSnapshot = Hostile;
        run.NetSvg = $"<svg>{Hostile}</svg>";
        run.Info = run.Info with { Net = Hostile, Command = Hostile, Settings = [new(Hostile, Hostile)] };
        run.LayerTimes = [new(Hostile, Hostile, 1, 2)];
        run.Definitions = new Dictionary<string, string> { [Hostile] = Hostile };
        run.Classes = new ClassReport(1, [Hostile], [[1L]], []);
        run.Add($"test/{Hostile}", 0, 1);
        run.Add($"weights/{Hostile}.0", 0, RunHistogram.Of([1, 2]));
        string page = RunPage.Html([run]);

        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.Equal(3, page.Split("</script>").Length - 1);
        Assert.Equal(Hostile, Data(page).GetProperty("runs")[0].GetProperty("name").GetString());
    }

    [Fact]
    public void TheDataHaveEveryValueOfAShortCurve()
    {
        var run = new RunRecord { Name = "a", State = RunState.Stopped };
        run.Add("test/loss", 0, 2.5);
        run.Add("test/loss", 100, double.NaN);
        run.Add("test/loss", 300, 1.23456789e-7);
        using JsonDocument data = JsonDocument.Parse(RunPage.Data([run], DateTimeOffset.UnixEpoch));
        JsonElement curve = data.RootElement.GetProperty("runs")[0].GetProperty("curves")[0];

        Assert.Equal(0, data.RootElement.GetProperty("written").GetInt64());
        Assert.Equal("stopped", data.RootElement.GetProperty("runs")[0].GetProperty("state").GetString());
        Assert.Equal("[0,100,200]", curve.GetProperty("x").GetRawText());
        Assert.Equal("[2.5,null,1.2346E-07]", curve.GetProperty("y").GetRawText());
        Assert.Equal("[300,1.2346E-07]", curve.GetProperty("best").GetRawText());
        Assert.True(curve.GetProperty("less").GetBoolean());
    }

    [Fact]
    public void HistogramsAreSharesAndKeepLimitsThatAreNotEven()
    {
        var run = new RunRecord();
        run.Add("weights/a.0", 0, RunHistogram.Of([0, 1, 2, 3]));
        run.Add("weights/a.0", 1, new RunHistogram([1, 4], [1, 3], 0, 4, 8, 20));
        using JsonDocument data = JsonDocument.Parse(RunPage.Data([run]));
        JsonElement items = data.RootElement.GetProperty("runs")[0].GetProperty("histograms")[0].GetProperty("items");

        Assert.Equal("[]", items[0].GetProperty("to").GetRawText());
        Assert.Equal(10_000, items[0].GetProperty("n").EnumerateArray().Sum(n => n.GetInt32()));
        Assert.Equal("[1,4]", items[1].GetProperty("to").GetRawText());
        Assert.Equal("[2500,7500]", items[1].GetProperty("n").GetRawText());
        Assert.Equal(2, items[1].GetProperty("mean").GetDouble());
        Assert.Equal(1, items[1].GetProperty("std").GetDouble());
    }

    [Fact]
    public void APageOfLenetHasLessThanAMegabyte() =>
        Assert.InRange(RunPage.Html([SampleRuns.Lenet()]).Length, 50_000, 1_000_000);

    [Fact]
    public void AMillionIterationsHaveLessThanTwoMegabytesAndTheirPeaks()
    {
        RunRecord run = SampleRuns.Lenet(1_000_000, every: 1);
        run.Add("train/loss", 1_000_001, 7.5);
        run.Add("train/loss", 1_000_002, 0.01);
        run.Classes = SampleRuns.Classes(1000, 1_000_000);
        var watch = Stopwatch.StartNew();
        string page = RunPage.Html([run]);

        Assert.InRange(page.Length, 100_000, 2_000_000);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"the page took {watch.Elapsed}");
        Assert.Contains(
            Curve(page, "train/loss").GetProperty("y").EnumerateArray(), value => value.GetDouble() == 7.5);
    }

    [Fact]
    public void ManyHistogramsAndImagesAreThinnedToTheLast()
    {
        var run = new RunRecord();
        float[] values = [.. Enumerable.Range(0, 100).Select(i => i * 0.37f)];
        for (int i = 0; i < 400; i++)
        {
            for (int k = 0; k < 30; k++)
            {
                run.Add($"weights/layer{i}.0", k, RunHistogram.Of(values));
            }
        }

        for (int k = 0; k < 10; k++)
        {
            run.Add("filters/a", k, new RunImage(new byte[100_000], 10, 10));
        }

        string page = RunPage.Html([run]);
        JsonElement read = Data(page).GetProperty("runs")[0];

        Assert.InRange(page.Length, 100_000, 1_500_000);
        Assert.All(
            read.GetProperty("histograms").EnumerateArray(),
            h => Assert.Equal(29, h.GetProperty("items").EnumerateArray().Last().GetProperty("i").GetInt32()));
        JsonElement image = Assert.Single(read.GetProperty("images")[0].GetProperty("items").EnumerateArray());
        Assert.Equal(9, image.GetProperty("i").GetInt32());
    }

    [Fact]
    public void APageOfAThousandParametersShowsSomeOfThem()
    {
        var run = new RunRecord { NetSvg = $"<svg>{new string('x', 400_000)}</svg>" };
        float[] values = [.. Enumerable.Range(0, 1000).Select(i => MathF.Sin(i) * MathF.Exp(i * 0.003f))];
        RunHistogram histogram = RunHistogram.Of(values);
        foreach (string name in Enumerable.Range(0, 1000).SelectMany(i =>
            (string[])[$"weights/block{i / 2}/conv.{i % 2}", $"gradients/block{i / 2}/conv.{i % 2}"]))
        {
            for (int k = 0; k < 30; k++)
            {
                run.Add(name, k, histogram);
            }
        }

        string page = RunPage.Html([run]);
        JsonElement read = Data(page).GetProperty("runs")[0];
        string[] names =
            [.. read.GetProperty("histograms").EnumerateArray().Select(h => h.GetProperty("name").GetString()!)];

        Assert.InRange(page.Length, 100_000, 1_000_000);
        Assert.Equal((120, 1000), (names.Length, read.GetProperty("parameters").GetInt32()));
        Assert.Equal(["weights/block0/conv.0", "gradients/block0/conv.0"], names[..2]);
        Assert.Equal(["weights/block499/conv.1", "gradients/block499/conv.1"], names[^2..]);
        Assert.Equal("", read.GetProperty("svg").GetString());
        Assert.True(read.GetProperty("isDrawingLarge").GetBoolean());
    }

    [Fact]
    public void SeveralRunsAreComparedByTheirCurves()
    {
        string page = RunPage.Html([SampleRuns.Lenet(), SampleRuns.Lenet(rate: 0.02)]);
        JsonElement runs = Data(page).GetProperty("runs");

        Assert.Contains("<title>2 runs compared</title>", page, StringComparison.Ordinal);
        Assert.Equal(
            ["lenet-0.01", "lenet-0.02"], runs.EnumerateArray().Select(r => r.GetProperty("name").GetString()));
        Assert.All(runs.EnumerateArray(), r => Assert.False(r.TryGetProperty("histograms", out _)));
    }

    [Fact]
    public void ARunOfWhichNothingIsKnownHasAPage() =>
        Assert.Contains("<title>A run</title>", RunPage.Html([new RunRecord()]), StringComparison.Ordinal);

    [Fact]
    public void NoRunsAreRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => RunPage.Html([]));

    [Fact]
    public void APageThatCannotBeWrittenIsAMistakeInWords() => Assert.Contains(
        "there is no folder",
        Assert.Throws<CnnException>(() => RunPage.Write(folder["none/run.html"], [new RunRecord()])).Message,
        StringComparison.Ordinal);

    private static JsonElement Curve(string page, string name) => Data(page).GetProperty("runs")[0]
        .GetProperty("curves").EnumerateArray().Single(c => c.GetProperty("name").GetString() == name);

    private static JsonElement Data(string page)
    {
        const string Begin = "id=\"data\">";
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf("</script>", begin, StringComparison.Ordinal);
        return JsonDocument.Parse(page[begin..end]).RootElement;
    }
}
