using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Cnn.Engine.Runs;
using Cnn.Engine.Solvers;
using Cnn.Runner.Display.Serving;

namespace Cnn.Tests.Runner.Display.Serving;

/// <summary>A run that a test fills itself, and the server that shows it.</summary>
internal sealed class ServedRun : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ServedRun(ServerLimits? limits = null)
    {
        Writer = RunWriter.Open(folder["run"], new RunInfo { Net = "Small", MaxIterations = 100 });
        Writer.Scalar("train/loss", 1, 2.5);
        Server = RunServer.Listen(0, limits);
        Server.Show(Writer, Control);
    }

    public RunWriter Writer { get; }

    public SolverControl Control { get; } = new();

    public RunServer Server { get; }

    public string Host => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Server.Port}");

    public string Token => Server.Address.Query["?token=".Length..];

    /// <summary>Returns a request of whoever has the address.</summary>
    public string Request(string method, string path, params string[] headers) =>
        Head(method, $"{path}?token={Token}", [$"Host: {Host}", .. headers]);

    public static string Head(string method, string target, params string[] headers) =>
        $"{method} {target} HTTP/1.1\r\n{string.Concat(headers.Select(h => h + "\r\n"))}\r\n";

    /// <summary>Connects to the server.</summary>
    public async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Server.Port, TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>Sends a request of any form and nothing more, and returns what comes back until the end.</summary>
    public async Task<string> AskAsync(string request) => await AskAsync(Encoding.Latin1.GetBytes(request));

    /// <inheritdoc cref="AskAsync(string)"/>
    public async Task<string> AskAsync(byte[] request)
    {
        using TcpClient client = await ConnectAsync();
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(request, TestContext.Current.CancellationToken);
        client.Client.Shutdown(SocketShutdown.Send);
        return await ReadToEndAsync(stream);
    }

    /// <summary>Waits until the server has no connection.</summary>
    public async Task UntilAloneAsync()
    {
        while (Server.Connections > 0)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Returns all that a connection still receives.</summary>
    public static async Task<string> ReadToEndAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        Server.Dispose();
        Writer.Dispose();
        folder.Dispose();
    }
}
