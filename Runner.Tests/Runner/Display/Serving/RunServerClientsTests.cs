using System.Net.Sockets;
using System.Text;
using Cnn.Runner.Display.Serving;

namespace Cnn.Tests.Runner.Display.Serving;

/// <summary>Clients that are wrong, slow, many or silent.</summary>
[Trait("Category", "Fuzz")]
public class RunServerClientsTests
{
    [Theory]
    [InlineData("\r\n\r\n")]
    [InlineData("GET\r\n\r\n")]
    [InlineData("GET / HTTP/1.1 more\r\n\r\n")]
    [InlineData("GET http://127.0.0.1/ HTTP/1.1\r\n\r\n")]
    [InlineData("GET  / HTTP/1.1\r\n\r\n")]
    [InlineData("G(T / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTPT/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\nHost: x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nno colon\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost : x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n: x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n folded\r\n\r\n")]
    [InlineData("GET /\0 HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nAccept: x\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0")]
    public async Task WhatIsNoRequestIsAnsweredSo(string request)
    {
        using var run = new ServedRun();

        RunServerTests.AssertRefused(400, "", await run.AskAsync(request));
        Assert.StartsWith("HTTP/1.1 200 ", await run.AskAsync(run.Request("GET", "/")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherVersionsAreRefused()
    {
        using var run = new ServedRun();

        RunServerTests.AssertRefused(505, "the version must be HTTP/1.1", await run.AskAsync("GET / HTTP/2.0\r\n\r\n"));
    }

    [Fact]
    public async Task WhatIsTooLargeIsRefused()
    {
        using var run = new ServedRun();
        string longHead = run.Request("GET", "/", "Cookie: " + new string('x', HttpRequestReader.MostHead));
        string longBody = run.Request("POST", "/control/stop", $"Content-Length: {HttpRequestReader.MostBody + 1}");
        string chunked = run.Request("POST", "/control/stop", "Transfer-Encoding: chunked");

        RunServerTests.AssertRefused(431, "the head of the request is too large", await run.AskAsync(longHead));
        RunServerTests.AssertRefused(413, "the body is too large", await run.AskAsync(longBody));
        RunServerTests.AssertRefused(411, "a body must tell its length", await run.AskAsync(chunked));
        Assert.False(run.Control.StopRequested);
    }

    [Fact]
    public async Task ABodyIsSkipped()
    {
        using var run = new ServedRun();
        string body = new('x', HttpRequestReader.MostBody);

        string answer = await run.AskAsync(
            run.Request("POST", "/control/stop", $"Content-Length: {body.Length}") + body);

        Assert.StartsWith("HTTP/1.1 202 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DamagedRequestsNeverEndTheServer()
    {
        using var run = new ServedRun();
        var random = new Random(21);
        byte[] whole = Encoding.ASCII.GetBytes(
            run.Request("GET", "/nothing", "Accept: */*", "Content-Length: 3") + "abc");
        for (int round = 0; round < 300; round++)
        {
            byte[] damaged = [.. whole];
            for (int change = random.Next(4); change >= 0; change--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            string answer = await run.AskAsync(damaged[..random.Next(1, damaged.Length + 1)]);

            Assert.Matches("^HTTP/1.1 (400|403|404|405|408|411|413|505) ", answer);
        }

        Assert.StartsWith("HTTP/1.1 200 ", await run.AskAsync(run.Request("GET", "/")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AClientThatSendsNoRequestIsDropped()
    {
        using var run = new ServedRun(new ServerLimits { Reading = TimeSpan.FromMilliseconds(50) });
        using TcpClient silent = await run.ConnectAsync();

        string answer = await ServedRun.ReadToEndAsync(silent.GetStream());
        RunServerTests.AssertRefused(408, "the request takes too long", answer);
    }

    [Fact]
    public async Task FurtherConnectionsAreTurnedAwayUntilOthersEnd()
    {
        using var run = new ServedRun();
        var streams = new List<TcpClient>();
        for (int i = 0; i < new ServerLimits().Connections; i++)
        {
            streams.Add(await run.ConnectAsync());
            await streams[^1].GetStream().WriteAsync(
                Encoding.ASCII.GetBytes(run.Request("GET", "/events")), TestContext.Current.CancellationToken);
            await RunServerTests.NextAsync(new StreamReader(streams[^1].GetStream()), "message");
        }

        for (int i = streams.Count; i < 50; i++)
        {
            using TcpClient oneMore = await run.ConnectAsync();
            string answer = await ServedRun.ReadToEndAsync(oneMore.GetStream());
            RunServerTests.AssertRefused(503, "There are too many connections.", answer);
        }

        streams.ForEach(s => s.Dispose());
        await run.UntilAloneAsync();
        Assert.StartsWith("HTTP/1.1 200 ", await run.AskAsync(run.Request("GET", "/")), StringComparison.Ordinal);
    }

    // What is written to the client is larger than what the system holds for it.
    [Fact]
    public async Task AClientThatNeverReadsIsDroppedAndHoldsNothingUp()
    {
        using var run = new ServedRun(new ServerLimits { Writing = TimeSpan.FromMilliseconds(200) });
        run.Writer.Definition("net.prototxt", new string('x', 20_000_000));
        using TcpClient silent = await run.ConnectAsync();
        silent.ReceiveBufferSize = 4096;
        await silent.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(run.Request("GET", "/data")), TestContext.Current.CancellationToken);
        for (int iteration = 2; iteration < 10_000; iteration++)
        {
            run.Writer.Scalar("train/loss", iteration, 1.0 / iteration);
        }

        await run.UntilAloneAsync();
        Assert.True(silent.Connected);
    }
}
