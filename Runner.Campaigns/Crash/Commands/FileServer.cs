using System.Net;
using System.Net.Sockets;

namespace Cnn.Campaigns.Crash.Commands;

/// <summary>A server on the loopback interface that answers every request with a function.</summary>
internal sealed class FileServer : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Task serving;

    public FileServer(Func<HttpListenerContext, int, Task> answer)
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        }

        listener.Prefixes.Add(Address.ToString());
        listener.Start();
        serving = ServeAsync(answer);
    }

    public Uri Address { get; }

    public List<string> Ranges { get; } = [];

    /// <summary>Sends the content from the offset that is asked for, cut off after a number of bytes.</summary>
    public static async Task SendAsync(HttpListenerContext context, byte[] content, int most = int.MaxValue)
    {
        string? range = context.Request.Headers["Range"];
        int from = range is null ? 0 : int.Parse(range["bytes=".Length..^1]);
        if (range is not null)
        {
            context.Response.StatusCode = 206;
            context.Response.AddHeader("Content-Range", $"bytes {from}-{content.Length - 1}/{content.Length}");
        }

        context.Response.ContentLength64 = content.Length - from;
        int count = Math.Min(most, content.Length - from);
        await context.Response.OutputStream.WriteAsync(content.AsMemory(from, count));
        await context.Response.OutputStream.FlushAsync();
        if (count < content.Length - from)
        {
            context.Response.Abort();
        }
        else
        {
            context.Response.Close();
        }
    }

    public void Dispose()
    {
        listener.Stop();
        serving.GetAwaiter().GetResult();
        listener.Close();
    }

    private async Task ServeAsync(Func<HttpListenerContext, int, Task> answer)
    {
        for (int request = 0; ; request++)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or InvalidOperationException)
            {
                return;
            }

            Ranges.Add(context.Request.Headers["Range"] ?? "");
            try
            {
                await answer(context, request);
            }
            catch (Exception exception) when (
                exception is HttpListenerException or IOException or ObjectDisposedException)
            {
                // The client may disconnect first; some tests are about that.
            }
        }
    }
}
