namespace Cnn.Tests.Runner.Display.Serving;

/// <summary>The page of a run in a real browser, served and as a file.</summary>
[Trait("Category", "Unit")]
public class BrowserTests
{
    private const string Plot = "#loss-chart svg.plot";

    // The labels below the horizontal axis.
    private const string Iterations = """
        (() => {
          const svg = document.querySelector('#loss-chart svg.plot');
          const y = Number(svg.querySelector('.base').getAttribute('y1')) + 18;
          return [...svg.querySelectorAll('text')].filter(t => Number(t.getAttribute('y')) === y)
            .map(t => t.textContent).join(' ');
        })()
        """;

    [Fact]
    public async Task TheServedPageFollowsTheRun()
    {
        await using Browser browser = Browser.StartOrSkip();
        using ServedTraining run = await ServedTraining.StartAsync();
        await browser.OpenAsync(run.Address);

        Assert.Equal("running", await browser.ValueAsync(TextOf("#state")));
        Assert.Equal("run", await browser.ValueAsync(TextOf("#name")));
        string before = await browser.ValueAsync(TextOf("#iteration"));
        await browser.UntilAsync($"{TextOf("#iteration")} !== '{before}'");
        await browser.UntilAsync("document.querySelector('#loss-chart path.curve').getAttribute('d').length > 40");
        await browser.UntilAsync($"{TextOf("#score-chart")}.includes('accuracy')");

        await AssertIsAloneAndWellAsync(browser, run.Server);
    }

    [Fact]
    public async Task ACurveIsZoomedByDraggingAndReadByPointing()
    {
        await using Browser browser = Browser.StartOrSkip();
        using ServedTraining run = await ServedTraining.StartAsync();
        await browser.OpenAsync(run.Address);
        await browser.UntilAsync($"parseInt({TextOf("#iteration")}.replaceAll(',', '')) > 100");
        Assert.StartsWith("0 ", await browser.ValueAsync(Iterations), StringComparison.Ordinal);

        await browser.HoverAsync(Plot, 0.5, 0.5);
        await browser.UntilAsync("!document.querySelector('#loss-chart .hover-values').hidden");
        string values = await browser.ValueAsync("document.querySelector('#loss-chart .hover-values').innerText");
        await browser.DragAsync(Plot, 0.4, 0.6);
        await browser.UntilAsync("!document.querySelector('#loss-chart .reset-zoom').hidden");
        string zoomed = await browser.ValueAsync(Iterations);
        await browser.ClickAsync("#loss-chart .reset-zoom");
        await browser.UntilAsync("document.querySelector('#loss-chart .reset-zoom').hidden");

        Assert.Matches(@"(?s)^iteration [\d\W]*\d.*\d\.\d", values);
        Assert.Matches(@"^[1-9]", zoomed);
        Assert.StartsWith("0 ", await browser.ValueAsync(Iterations), StringComparison.Ordinal);
        await AssertIsAloneAndWellAsync(browser, run.Server);
    }

    [Fact]
    public async Task TheButtonsWriteASnapshotAndStopTheRun()
    {
        await using Browser browser = Browser.StartOrSkip();
        using ServedTraining run = await ServedTraining.StartAsync();
        await browser.OpenAsync(run.Address);

        await browser.ClickAsync("#snapshot");
        await browser.UntilAsync($"{TextOf("#answer")}.includes('A snapshot will be written')");
        await run.Process.WaitUntil(() => Snapshots(run).Length == 1);
        await browser.UntilAsync("document.querySelector('#last-snapshot')?.textContent.endsWith('.solverstate')");
        await browser.ClickAsync("#stop");
        await browser.UntilAsync($"{TextOf("#state")} === 'stopped' && {TextOf("#connection")} === 'ended'");
        var (exitCode, output, _) = await run.Process.Finish();

        Assert.Equal(130, exitCode);
        Assert.Contains("Stopped after iteration ", output, StringComparison.Ordinal);
        string[] written = Snapshots(run);
        Assert.Equal(2, written.Length);
        Assert.All(written, s => Assert.True(File.Exists(Path.ChangeExtension(s, ".caffemodel"))));
        await AssertIsAloneAndWellAsync(browser, run.Server);
    }

    [Fact]
    public async Task TheFileLoadsItselfAgainUntilTheRunEnds()
    {
        await using Browser browser = Browser.StartOrSkip();
        using ServedTraining run = await ServedTraining.StartAsync();
        string file = run.Folder[Path.Combine("run", "run.html")], address = new Uri(file).AbsoluteUri;
        await run.Process.WaitUntil(() => File.Exists(file));
        await browser.OpenAsync(address);

        Assert.Equal("running", await browser.ValueAsync(TextOf("#state")));
        await browser.ValueAsync("window.isFirst = true");
        await browser.UntilAsync("!window.isFirst && document.querySelector('#iteration')");
        run.Process.Signal("INT");
        var (exitCode, _, _) = await run.Process.Finish();
        Assert.Equal(130, exitCode);
        await browser.UntilAsync($"document.querySelector('#state') && {TextOf("#state")} === 'stopped'");
        string[] asked = await browser.RequestsAsync();
        string[] problems = await browser.ProblemsAsync();

        await browser.OpenAsync(address, dark: true, width: 400);
        Assert.Equal("stopped", await browser.ValueAsync(TextOf("#state")));
        Assert.All(asked.Concat(await browser.RequestsAsync()), a => Assert.Matches("^(file|data):", a));
        Assert.Empty(problems.Concat(await browser.ProblemsAsync()));
    }

    // No request goes elsewhere, and the browser's console has nothing to say.
    private static async Task AssertIsAloneAndWellAsync(Browser browser, string server)
    {
        Assert.All(
            await browser.RequestsAsync(),
            a => Assert.True(
                a.StartsWith(server, StringComparison.Ordinal) || a.StartsWith("data:", StringComparison.Ordinal), a));
        Assert.Empty(await browser.ProblemsAsync());
    }

    private static string TextOf(string selector) => $"document.querySelector('{selector}').textContent";

    private static string[] Snapshots(ServedTraining run) =>
        Directory.GetFiles(run.Folder.Path, "snap_iter_*.solverstate");
}
