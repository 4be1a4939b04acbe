namespace Cnn.Tests.Runner.Display.Serving;

/// <summary>Requests of somebody who has an address of the page, or its token, and wants more than it shows.</summary>
[Trait("Category", "Fuzz")]
public class RunServerAttackTests
{
    // Of what two servers understand differently, this one takes nothing.
    [Theory]
    [InlineData(400, "Content-Length: 0", "Content-Length: 5")]
    [InlineData(400, "Content-Length: 5", "Content-Length: 5")]
    [InlineData(400, "Content-Length: 0x5")]
    [InlineData(400, "Content-Length: +5")]
    [InlineData(400, "Content-Length: 5, 5")]
    [InlineData(411, "Content-Length: 5", "Transfer-Encoding: chunked")]
    [InlineData(411, "transfer-encoding: identity")]
    [InlineData(400, "Content-Length : 5")]
    [InlineData(400, "X: a\nContent-Length: 5")]
    [InlineData(400, " Content-Length: 5")]
    [InlineData(403, "Host: example.org")]
    [InlineData(403, "Origin: http://HOST", "Origin: https://example.org")]
    [InlineData(403, "Sec-Fetch-Site: none", "Sec-Fetch-Site: cross-site")]
    public async Task WhatCanBeReadTwoWaysIsRefused(int status, params string[] headers)
    {
        using var run = new ServedRun();

        string[] lines = [.. headers.Select(h => h.Replace("HOST", run.Host, StringComparison.Ordinal))];

        string answer = await run.AskAsync(run.Request("POST", "/control/stop", lines) + "hello");

        RunServerTests.AssertRefused(status, "", answer);
        Assert.False(run.Control.StopRequested);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Content-Length: 0")]
    [InlineData("Connection: keep-alive")]
    public async Task ASecondRequestOfAConnectionIsNotCarriedOut(string header)
    {
        using var run = new ServedRun();
        string first = run.Request("GET", "/nothing", header.Length > 0 ? [header] : []);

        string answer = await run.AskAsync(first + run.Request("POST", "/control/stop"));

        RunServerTests.AssertRefused(404, "", answer);
        Assert.Single(answer.Split("HTTP/1.1 ").Skip(1));
        Assert.False(run.Control.StopRequested);
    }

    [Fact]
    public async Task ARequestInABodyIsNotCarriedOut()
    {
        using var run = new ServedRun();
        string inner = run.Request("POST", "/control/stop");

        string answer = await run.AskAsync(run.Request("GET", "/nothing", $"Content-Length: {inner.Length}") + inner);

        RunServerTests.AssertRefused(404, "", answer);
        Assert.False(run.Control.StopRequested);
    }

    [Theory]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/..%2f..%2fetc/passwd")]
    [InlineData("/%252e%252e/etc/passwd")]
    [InlineData("/....//etc/passwd")]
    [InlineData("/..\\..\\etc\\passwd")]
    [InlineData("//etc/passwd")]
    [InlineData("/data/../data")]
    [InlineData("/data%00")]
    [InlineData("/data;a=b")]
    [InlineData("/control/%73top")]
    [InlineData("/control//stop")]
    [InlineData("/control/stop/")]
    [InlineData("/metrics.jsonl")]
    [InlineData("/run.json")]
    public async Task OnlyTheAddressesOfThePageExist(string path)
    {
        using var run = new ServedRun();

        foreach (string method in (string[])["GET", "POST"])
        {
            string answer = await run.AskAsync(run.Request(method, path));
            RunServerTests.AssertRefused(404, "There is nothing at this address.", answer);
        }

        Assert.False(run.Control.StopRequested);
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("TRACE")]
    [InlineData("CONNECT")]
    [InlineData("get")]
    [InlineData("POST\t")]
    public async Task OtherMethodsDoNothing(string method)
    {
        using var run = new ServedRun();

        foreach (string path in (string[])["/", "/data", "/control/stop"])
        {
            Assert.Matches("^HTTP/1.1 (400|405) ", await run.AskAsync(run.Request(method, path)));
        }

        Assert.False(run.Control.StopRequested);
    }

    [Theory]
    [InlineData("/x%0d%0aSet-Cookie:%20a=b")]
    [InlineData("/<script>alert(1)</script>")]
    public async Task NothingOfARequestIsInTheAnswer(string path)
    {
        using var run = new ServedRun();

        string answer = await run.AskAsync(run.Request("GET", path, "X-Cnn-Other: <b>words</b>"));

        RunServerTests.AssertRefused(404, "", answer);
        Assert.DoesNotContain("Set-Cookie", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("<", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATokenIsComparedAsAWhole()
    {
        using var run = new ServedRun();

        string[] queries =
            ["token=", $"token={run.Token[..^1]}", $"token={run.Token}0", $"xtoken={run.Token}", $"Token={run.Token}"];
        foreach (string query in queries)
        {
            string request = ServedRun.Head("POST", $"/control/stop?{query}", $"Host: {run.Host}");
            RunServerTests.AssertRefused(403, "token", await run.AskAsync(request));
        }

        Assert.False(run.Control.StopRequested);
    }
}
