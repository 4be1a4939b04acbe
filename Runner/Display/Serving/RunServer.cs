using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Cnn.Engine.Pages;
using Cnn.Engine.Runs;
using Cnn.Engine.Solvers;
using Cnn.Proto;

namespace Cnn.Runner.Display.Serving;

/// <summary>
/// Serves the page of a run while it goes on, to this machine alone and to who has its address. Clients are served on
/// threads of the pool: one that is slow or silent costs the run nothing, and is dropped.
/// </summary>
internal sealed class RunServer : IDisposable
{
    private static readonly TimeSpan Recovery = TimeSpan.FromMilliseconds(100), Glance = TimeSpan.FromMilliseconds(10);

    private readonly TcpListener listener;
    private readonly ServerLimits limits;
    private readonly string token = RandomNumberGenerator.GetHexString(24, lowercase: true);
    private readonly CancellationTokenSource closing = new();
    private RunFeed? feed;
    private RunSite? site;
    private Task accepting = Task.CompletedTask;
    private int connections;

    private RunServer(TcpListener listener, ServerLimits limits)
    {
        (this.listener, this.limits) = (listener, limits);
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/?token={token}"));
    }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>The address of the page, with the token that opens it.</summary>
    public Uri Address { get; }

    /// <summary>The number of connections.</summary>
    public int Connections => Volatile.Read(ref connections);

    /// <summary>Takes a port of this machine. Clients wait until there is a run to show.</summary>
    /// <param name="port">The port; 0 for one that is free.</param>
    /// <param name="limits">What clients are allowed; null for the usual.</param>
    /// <exception cref="CnnException">The port is taken or not allowed.</exception>
    public static RunServer Listen(int port, ServerLimits? limits = null)
    {
        limits ??= new ServerLimits();
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            // Elsewhere this would keep the port of a server that has just ended.
            if (OperatingSystem.IsWindows())
            {
                listener.ExclusiveAddressUse = true;
            }

            listener.Start(limits.Connections);
            return new RunServer(listener, limits);
        }
        catch (SocketException exception)
        {
            listener.Dispose();
            string why = exception.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another program uses it",
                SocketError.AccessDenied => "the system does not allow it",
                _ => exception.Message,
            };
            throw new CnnException(
                string.Create(CultureInfo.InvariantCulture, $"cannot serve the page on port {port}: {why}"),
                "give --serve another port, or none to have a free one chosen",
                exception);
        }
    }

    /// <summary>Begins to serve a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="control">What the buttons of the page act on.</param>
    public void Show(RunWriter run, SolverControl control)
    {
        feed = new RunFeed(run, new PageOptions { Live = new LivePage("events", "data", "control", token) });
        site = new RunSite(feed, control, new RequestGuard(Port, token), limits);
        RunSite shown = site;
        accepting = Task.Run(() => AcceptAsync(shown));
    }

    /// <summary>Ends the server, after the run. Pages that are open get its last state first.</summary>
    public void Dispose()
    {
        if (closing.IsCancellationRequested)
        {
            return;
        }

        // On the pool, so that nothing waits for this thread, which waits.
        Task.Run(CloseAsync).GetAwaiter().GetResult();
        listener.Dispose();
        feed?.Dispose();
        closing.Dispose();
    }

    private async Task CloseAsync()
    {
        feed?.End();
        long start = Stopwatch.GetTimestamp();
        while (site is { IsDone: false } && Stopwatch.GetElapsedTime(start) < limits.Farewell)
        {
            await Task.Delay(Glance);
        }

        await closing.CancelAsync();
        await accepting;
        while (Connections > 0)
        {
            await Task.Delay(Glance);
        }
    }

    private async Task AcceptAsync(RunSite shown)
    {
        while (!closing.IsCancellationRequested)
        {
            try
            {
                Socket client = await listener.AcceptSocketAsync(closing.Token);
                _ = ServeAsync(client, shown);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client is gone again, or the process has too many files open.
                await Task.Delay(Recovery);
            }
        }
    }

    private async Task ServeAsync(Socket client, RunSite shown)
    {
        bool isWelcome = Interlocked.Increment(ref connections) <= limits.Connections;
        try
        {
            using var connection = new ServerConnection(client, limits, closing.Token);
            await (isWelcome
                ? shown.ServeAsync(connection)
                : connection.SendAsync(HttpResponse.Text(503, "There are too many connections.")));
        }
        catch (Exception exception) when (
            exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has closed the connection or takes too long, or the server ends.
        }
        finally
        {
            Interlocked.Decrement(ref connections);
        }
    }
}
