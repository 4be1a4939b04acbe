using System.Net;
using System.Net.Sockets;
using System.Text;
using Cnn.Tests.Runner.Display.Serving;

namespace Cnn.Tests.Runner.Commands;

/// <summary><c>cnn train --serve</c>.</summary>
[Trait("Category", "Unit")]
public class TrainServeTests
{
    [Fact]
    public async Task ARequestStopsTheRunWithASnapshot()
    {
        using ServedTraining run = await ServedTraining.StartAsync();
        using var client = new HttpClient();

        string page = await client.GetStringAsync(run.Address, TestContext.Current.CancellationToken);
        using HttpResponseMessage answer = await client.PostAsync(
            run.AddressOf("control/stop"), null, TestContext.Current.CancellationToken);
        var (exitCode, output, error) = await run.Process.Finish();

        Assert.Contains("<title>", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        Assert.Equal(130, exitCode);
        Assert.Contains("Stopped after iteration ", output, StringComparison.Ordinal);
        Assert.NotEmpty(Directory.GetFiles(run.Folder.Path, "snap_iter_*.solverstate"));
        Assert.DoesNotContain("at Cnn.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RefusedRequestsDoNotStopTheRun()
    {
        using ServedTraining run = await ServedTraining.StartAsync();
        using var client = new HttpClient();

        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync($"{run.Server}control/stop", "Accept", "*/*"));
        Assert.Equal(
            HttpStatusCode.Forbidden, await PostAsync(run.AddressOf("control/stop"), "Origin", "https://example.org"));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(run.AddressOf("control/stop"), "Host", "example.org"));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(run.AddressOf("control/snapshot"), "Accept", "*/*"));
        await run.Process.WaitUntil(
            () => Directory.GetFiles(run.Folder.Path, "snap_iter_*.solverstate").Length > 0);

        async Task<HttpStatusCode> PostAsync(string address, string name, string value)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address);
            request.Headers.TryAddWithoutValidation(name, value);
            using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task AClientThatNeverReadsDoesNotHoldTheRunUp()
    {
        using ServedTraining run = await ServedTraining.StartAsync();
        var server = new Uri(run.Server);
        var silent = new List<TcpClient>();
        foreach (string part in new[] { "events", "data", "", "data" })
        {
            silent.Add(new TcpClient { ReceiveBufferSize = 4096 });
            await silent[^1].ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
            string head = ServedRun.Head(
                "GET", new Uri(run.AddressOf(part)).PathAndQuery, $"Host: {server.Authority}");
            await silent[^1].GetStream().WriteAsync(
                Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        }

        run.Process.Signal("HUP");
        await run.Process.WaitUntil(
            () => Directory.GetFiles(run.Folder.Path, "snap_iter_*.solverstate").Length > 0);
        run.Process.Signal("INT");
        var (exitCode, _, _) = await run.Process.Finish();

        Assert.Equal(130, exitCode);
        silent.ForEach(s => s.Dispose());
    }

    [Fact]
    public void ServingNeedsAFolderOfTheRun()
    {
        using var folder = new TemporaryFolder();

        CommandLine run = CommandLine.Run(
            "train", "--solver", SmallTraining.Write(folder, 2, 0, prefix: folder["snap"]), "--serve");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            "cnn: --serve shows a run that is written to a folder; give --run FOLDER, or the solver file "
            + "run: \"FOLDER\"\n",
            run.Error);
    }

    [Fact]
    public void ATakenPortLeavesNoFolderBehind()
    {
        using var folder = new TemporaryFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;

        CommandLine run = CommandLine.Run(
            "train", "--solver", SmallTraining.Write(folder, 2, 0, prefix: folder["snap"]), "--run", folder["run"],
            "--serve", $"{port}");

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"cnn: cannot serve the page on port {port}: another program uses it", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Theory]
    [InlineData("70000", "--serve is 70000, at most 65535")]
    [InlineData("-1", "--serve is -1, it must be 0 or more")]
    [InlineData("solver.prototxt", "--serve is solver.prototxt, it must be a whole number")]
    public void APortIsANumber(string port, string mistake)
    {
        CommandLine run = CommandLine.Run("train", "--solver", "solver.prototxt", "--run", "run", "--serve", port);

        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"cnn: {mistake}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ARunThatEndsEndsItsServer()
    {
        using var folder = new TemporaryFolder();

        CommandLine run = CommandLine.Run(
            "train", "--solver", SmallTraining.Write(folder, 2, 0, prefix: folder["snap"]), "--run", folder["run"],
            "--serve", "--quiet");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^Watch the run at http://127\.0\.0\.1:\d+/\?token=[0-9a-f]{24}\n$", run.Error);
        string log = File.ReadAllText(Path.Combine(folder["run"], "run.log"));
        Assert.DoesNotContain("token=", log, StringComparison.Ordinal);
    }
}
