using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Cnn.Engine.Runs;
using Cnn.Proto;
using Cnn.Runner.Display.Serving;

namespace Cnn.Tests.Runner.Display.Serving;

[Trait("Category", "Unit")]
public class RunServerTests
{
    [Fact]
    public async Task ThePageOpensByItsAddress()
    {
        using var run = new ServedRun();

        string answer = await run.AskAsync(run.Request("GET", "/"));

        Assert.StartsWith(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("<!doctype html>", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(run.Token, answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheDataAreJsonOfTheRun()
    {
        using var run = new ServedRun();

        string answer = await run.AskAsync(run.Request("GET", "/data"));

        using JsonDocument data = JsonDocument.Parse(answer.Split("\r\n\r\n", 2)[1]);
        JsonElement first = data.RootElement.GetProperty("runs")[0];
        Assert.Equal("train/loss", first.GetProperty("curves")[0].GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/data")]
    [InlineData("/events")]
    public async Task NothingIsShownWithoutTheToken(string path)
    {
        using var run = new ServedRun();

        string without = await run.AskAsync(ServedRun.Head("GET", path, $"Host: {run.Host}"));
        string wrong = await run.AskAsync(ServedRun.Head("GET", $"{path}?token={run.Token}0", $"Host: {run.Host}"));

        AssertRefused(403, "the token of the address is missing", without);
        AssertRefused(403, "the token in the address belongs to another run", wrong);
    }

    [Fact]
    public async Task TheTokenMayStandInAHeader()
    {
        using var run = new ServedRun();

        string answer = await run.AskAsync(
            ServedRun.Head("POST", "/control/stop", $"Host: {run.Host}", $"X-Cnn-Token: {run.Token}"));

        Assert.StartsWith("HTTP/1.1 202 ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("example.org")]
    [InlineData("example.org:PORT")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:1")]
    [InlineData("127.0.0.1.example.org:PORT")]
    [InlineData("127.0.0.1:PORT, example.org")]
    public async Task AHostThatIsNotThisServerIsRefused(string host)
    {
        using var run = new ServedRun();

        string answer = await run.AskAsync(
            ServedRun.Head("GET", $"/?token={run.Token}", $"Host: {Named(run, host)}"));

        AssertRefused(403, "the Host is not this server", answer);
    }

    [Theory]
    [InlineData("127.0.0.1:PORT")]
    [InlineData("localhost:PORT")]
    [InlineData("[::1]:PORT")]
    public async Task TheNamesOfThisMachineAreServed(string host)
    {
        using var run = new ServedRun();

        string answer = await run.AskAsync(ServedRun.Head("GET", $"/?token={run.Token}", $"Host: {Named(run, host)}"));

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin: https://example.org")]
    [InlineData("Origin: null")]
    [InlineData("Origin: https://127.0.0.1:PORT")]
    [InlineData("Origin: http://127.0.0.1")]
    [InlineData("Origin: http://127.0.0.1:PORT.example.org")]
    [InlineData("Sec-Fetch-Site: cross-site")]
    [InlineData("Sec-Fetch-Site: same-site")]
    public async Task ARequestOfAnotherSiteIsRefusedAndDoesNothing(string header)
    {
        using var run = new ServedRun();

        string answer = await run.AskAsync(run.Request("POST", "/control/stop", Named(run, header)));

        AssertRefused(403, "the request comes from another site", answer);
        Assert.False(run.Control.StopRequested);
    }

    [Fact]
    public async Task ThePagesOwnRequestsAreAnswered()
    {
        using var run = new ServedRun();

        string answer = await run.AskAsync(run.Request(
            "POST", "/control/stop", $"Origin: http://{run.Host}", "Sec-Fetch-Site: same-origin", "Content-Length: 0"));

        Assert.StartsWith("HTTP/1.1 202 ", answer, StringComparison.Ordinal);
        Assert.Contains("The run will stop after this iteration", answer, StringComparison.Ordinal);
        Assert.True(run.Control.StopRequested);
    }

    [Fact]
    public async Task ASnapshotIsRequested()
    {
        using var run = new ServedRun();

        string answer = await run.AskAsync(run.Request("POST", "/control/snapshot"));

        Assert.StartsWith("HTTP/1.1 202 ", answer, StringComparison.Ordinal);
        Assert.True(run.Control.TakeSnapshotRequest());
        Assert.False(run.Control.StopRequested);
    }

    [Theory]
    [InlineData("GET", "/control/stop", 405, "This address accepts only POST.")]
    [InlineData("GET", "/control/snapshot", 405, "This address accepts only POST.")]
    [InlineData("POST", "/", 405, "This address accepts only GET.")]
    [InlineData("PUT", "/data", 405, "This address accepts only GET.")]
    [InlineData("POST", "/events", 405, "This address accepts only GET.")]
    [InlineData("OPTIONS", "/control/stop", 405, "This address accepts only POST.")]
    [InlineData("GET", "/run.html", 404, "There is nothing at this address.")]
    [InlineData("GET", "/../etc/passwd", 404, "There is nothing at this address.")]
    [InlineData("POST", "/control/Stop", 404, "There is nothing at this address.")]
    public async Task OtherMethodsAndAddressesAreRefused(string method, string path, int status, string reason)
    {
        using var run = new ServedRun();

        string answer = await run.AskAsync(run.Request(method, path));

        AssertRefused(status, reason, answer);
        Assert.Equal(status == 405, answer.Contains("\r\nAllow: ", StringComparison.Ordinal));
        Assert.False(run.Control.StopRequested);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/data")]
    [InlineData("/nothing")]
    public async Task NoCacheFrameOrOtherSiteGetsAnAnswer(string path)
    {
        using var run = new ServedRun();

        string answer = await run.AskAsync(run.Request("GET", path));

        Assert.Contains("\r\nCache-Control: no-store\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Content-Type-Options: nosniff\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nReferrer-Policy: no-referrer\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Security-Policy: frame-ancestors 'none'\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Access-Control-Allow", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheEventsTellOfNewDataAndOfTheEnd()
    {
        using var run = new ServedRun();
        using TcpClient client = await run.ConnectAsync();
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(run.Request("GET", "/events")), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream());

        Assert.Equal("1", await NextAsync(reader, "message"));
        run.Writer.Scalar("train/loss", 2, 2.25);
        Assert.Equal("2", await NextAsync(reader, "message"));
        run.Writer.End(RunState.Completed);
        Task closing = Task.Run(run.Server.Dispose, TestContext.Current.CancellationToken);
        Assert.Equal("3", await NextAsync(reader, "message"));
        Assert.Equal("completed", await NextAsync(reader, "end"));
        string last = await run.AskAsync(run.Request("GET", "/data"));

        Assert.Contains("\"completed\"", last, StringComparison.Ordinal);
        await closing;
        await Assert.ThrowsAsync<SocketException>(() => run.ConnectAsync());
    }

    [Fact]
    public async Task ASilentStreamHasComments()
    {
        using var run = new ServedRun(new ServerLimits { Silence = TimeSpan.Zero });
        using TcpClient client = await run.ConnectAsync();
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(run.Request("GET", "/events")), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream());

        await NextAsync(reader, "message");
        string? line;
        do
        {
            line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        }
        while (line is "");

        Assert.Equal(":", line);
    }

    [Fact]
    public async Task APageThatVanishedIsNotWaitedFor()
    {
        var run = new ServedRun(new ServerLimits { Farewell = TimeSpan.FromMinutes(5) });
        using (TcpClient client = await run.ConnectAsync())
        {
            await client.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes(run.Request("GET", "/events")), TestContext.Current.CancellationToken);
            using var reader = new StreamReader(client.GetStream());
            await NextAsync(reader, "message");
        }

        run.Dispose();
    }

    [Fact]
    public void ATakenPortIsAnErrorForPeople()
    {
        using var run = new ServedRun();

        var error = Assert.Throws<CnnException>(() => RunServer.Listen(run.Server.Port));

        Assert.Equal(
            $"cannot serve the page on port {run.Server.Port}: another program uses it; "
            + "give --serve another port, or none to have a free one chosen",
            error.Message);
    }

    [Fact]
    public void AServerWithoutARunEnds() => RunServer.Listen(0).Dispose();

    [Fact]
    public void EachRunHasItsOwnToken()
    {
        using var one = new ServedRun();
        using var other = new ServedRun();

        Assert.Equal(24, one.Token.Length);
        Assert.NotEqual(one.Token, other.Token);
    }

    internal static void AssertRefused(int status, string reason, string answer)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains(reason, answer, StringComparison.Ordinal);
    }

    /// <summary>Reads events up to the next one of a name, and returns its data.</summary>
    internal static async Task<string> NextAsync(StreamReader reader, string name)
    {
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line == $"event: {name}")
            {
                string? data = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
                Assert.NotNull(data);
                Assert.StartsWith("data: ", data, StringComparison.Ordinal);
                return data["data: ".Length..];
            }
        }

        Assert.Fail($"the stream ends without an event '{name}'");
        return "";
    }

    private static string Named(ServedRun run, string text) =>
        text.Replace("PORT", $"{run.Server.Port}", StringComparison.Ordinal);
}
