using System.Net.Sockets;

namespace Cnn.Runner.Display.Serving;

/// <summary>A client's connection, whose every step is given a time.</summary>
internal sealed class ServerConnection : IDisposable
{
    private const int SendBuffer = 64 * 1024, MostLeft = 64 * 1024;

    private static readonly TimeSpan Parting = TimeSpan.FromSeconds(1);

    private readonly Socket socket;
    private readonly NetworkStream stream;
    private readonly ServerLimits limits;
    private readonly CancellationTokenSource limit;

    /// <summary>Takes over a socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="limits">The times.</param>
    /// <param name="closing">Cancelled when the server closes.</param>
    public ServerConnection(Socket socket, ServerLimits limits, CancellationToken closing)
    {
        (this.socket, this.limits) = (socket, limits);
        socket.NoDelay = true;
        socket.SendBufferSize = SendBuffer;
        stream = new NetworkStream(socket, ownsSocket: true);
        limit = CancellationTokenSource.CreateLinkedTokenSource(closing);
        Closing = closing;
    }

    /// <summary>Cancelled when the server closes.</summary>
    public CancellationToken Closing { get; }

    /// <summary>Cancelled when the server closes, the client is gone or its time is over.</summary>
    public CancellationToken Over => limit.Token;

    /// <summary>Reads the request; null when the client sends none.</summary>
    /// <exception cref="HttpRefusal">It is no request, or takes too long.</exception>
    public async Task<HttpRequest?> ReadAsync()
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(Over);
        reading.CancelAfter(limits.Reading);
        try
        {
            return await HttpRequestReader.ReadAsync(stream, reading.Token);
        }
        catch (OperationCanceledException) when (!Over.IsCancellationRequested)
        {
            throw new HttpRefusal(408, "the request takes too long");
        }
    }

    /// <summary>Sends bytes.</summary>
    /// <exception cref="OperationCanceledException">The client takes too long to receive them.</exception>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        limit.CancelAfter(limits.Writing);
        await stream.WriteAsync(bytes, Over);
        limit.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sends an answer.</summary>
    /// <exception cref="OperationCanceledException">The client takes too long to receive it.</exception>
    public async Task SendAsync(HttpResponse response)
    {
        await SendAsync(response.Head());
        await SendAsync(response.Body);
    }

    /// <summary>Watches for the end of the client, which sends nothing more but may close the connection.</summary>
    public async Task WatchAsync()
    {
        byte[] ignored = new byte[256];
        try
        {
            while (await stream.ReadAsync(ignored, Over) > 0)
            {
            }

            await limit.CancelAsync();
        }
        catch (Exception exception) when (
            exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever sends to the client finds out the same.
        }
    }

    /// <summary>
    /// Ends the answer and waits for the client to end too, for a second: closing earlier, with bytes of the client
    /// unread, would take the answer away from it.
    /// </summary>
    public async Task PartAsync()
    {
        socket.Shutdown(SocketShutdown.Send);
        limit.CancelAfter(Parting);
        byte[] ignored = new byte[4096];
        int read, left = MostLeft;
        while (left > 0 && (read = await stream.ReadAsync(ignored, Over)) > 0)
        {
            left -= read;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stream.Dispose();
        limit.Dispose();
    }
}
