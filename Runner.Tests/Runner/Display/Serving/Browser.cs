using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cnn.Tests.Runner.Display.Serving;

/// <summary>
/// Chromium without a window, driven through <c>Runner.Tests/Browser/drive.mjs</c>, which lists the commands.
/// </summary>
internal sealed class Browser : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private readonly Process process;
    private int asked;

    private Browser(Process process) => this.process = process;

    /// <summary>Starts the browser; skips the calling test where a part of it is not installed.</summary>
    public static Browser StartOrSkip()
    {
        string? node = Find("node"), chromium = Names.Select(Find).FirstOrDefault(p => p is not null);
        Assert.SkipWhen(chromium is null, "needs Chromium, which .ci/run installs where it can");
        Assert.SkipWhen(node is null, "needs Node.js");
        Assert.SkipUnless(
            Directory.Exists(Repository.PathOf("Runner.Tests", "Browser", "node_modules", "playwright-core")),
            "needs playwright-core: npm ci in Runner.Tests/Browser");
        return new Browser(Process.Start(new ProcessStartInfo(
            node!, [Repository.PathOf("Runner.Tests", "Browser", "drive.mjs"), chromium!])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);
    }

    /// <summary>Opens an address in a new page.</summary>
    public Task OpenAsync(string url, bool dark = false, int width = 1280, int height = 900) =>
        DoAsync("open", new { url, dark, width, height });

    /// <summary>Returns what an expression of JavaScript is in the page, as text.</summary>
    public async Task<string> ValueAsync(string expression) => Text(await DoAsync("value", new { expression }));

    /// <summary>Waits until an expression is true.</summary>
    public Task UntilAsync(string expression) => DoAsync("until", new { expression });

    /// <summary>Clicks an element, and says yes when the page asks.</summary>
    public Task ClickAsync(string selector) => DoAsync("click", new { selector, accept = true });

    /// <summary>Moves the mouse to a point of an element, in shares of its width and height.</summary>
    public Task HoverAsync(string selector, double x, double y) =>
        DoAsync("hover", new { selector, at = new[] { x, y } });

    /// <summary>Drags from one point of an element to another at the same height.</summary>
    public Task DragAsync(string selector, double from, double to, double y = 0.5) =>
        DoAsync("drag", new { selector, from = new[] { from, y }, to = new[] { to, y } });

    /// <summary>Returns the addresses that the page asked for.</summary>
    public async Task<string[]> RequestsAsync() => Texts(await DoAsync("requests", new { }));

    /// <summary>Returns the errors of the page and of its console.</summary>
    public async Task<string[]> ProblemsAsync() => Texts(await DoAsync("problems", new { }));

    /// <summary>Writes a picture of the page, all of it or what the window shows.</summary>
    public Task ScreenshotAsync(string path, bool full = true) => DoAsync("screenshot", new { path, full });

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

    private async Task<JsonNode?> DoAsync(string name, object given)
    {
        JsonObject command = JsonSerializer.SerializeToNode(given)!.AsObject();
        (command["id"], command["do"]) = (++asked, name);
        await process.StandardInput.WriteLineAsync(command.ToJsonString());
        await process.StandardInput.FlushAsync();
        string line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)
            ?? throw new InvalidOperationException("the browser's driver has ended");
        JsonNode answer = JsonNode.Parse(line)!;
        Assert.Equal(asked, (int)answer["id"]!);
        Assert.True(answer["error"] is null, $"{name} {JsonSerializer.Serialize(given)}: {answer["error"]}");
        return answer["value"];
    }

    private static string Text(JsonNode? value) =>
        value is JsonValue text && text.TryGetValue(out string? plain) ? plain : value?.ToJsonString() ?? "null";

    private static string[] Texts(JsonNode? value) => [.. value!.AsArray().Select(Text)];

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);
}
