using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cnn.Engine.Solvers;

namespace Cnn.Runner.Display.Serving;

/// <summary>
/// Answers requests: <c>GET /</c> is the page, <c>GET /data</c> its data as JSON, <c>GET /events</c> a stream that
/// tells of new data at most once a second, <c>POST /control/snapshot</c> and <c>POST /control/stop</c> act on the run.
/// </summary>
/// <param name="feed">What there is to see.</param>
/// <param name="control">The run.</param>
/// <param name="guard">Decides who may ask.</param>
/// <param name="limits">What clients are allowed.</param>
internal sealed class RunSite(RunFeed feed, SolverControl control, RequestGuard guard, ServerLimits limits)
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private int streams;
    private int told;
    private int fetched;

    /// <summary>Whether every page that was told of the run's end has fetched the last data.</summary>
    public bool IsDone => Volatile.Read(ref streams) == 0 && Volatile.Read(ref fetched) >= Volatile.Read(ref told);

    /// <summary>Serves the one request of a connection.</summary>
    public async Task ServeAsync(ServerConnection connection)
    {
        try
        {
            if (await connection.ReadAsync() is not { } request)
            {
                return;
            }

            guard.Check(request);
            if (request is { Path: "/events", Method: "GET" })
            {
                await StreamAsync(connection);
            }
            else
            {
                await AnswerAsync(request, connection);
            }
        }
        catch (HttpRefusal refusal)
        {
            await connection.SendAsync(HttpResponse.Text(refusal.Status, refusal.Message));
        }

        await connection.PartAsync();
    }

    private async Task AnswerAsync(HttpRequest request, ServerConnection connection)
    {
        switch (request.Path, request.Method)
        {
            case ("/", "GET"):
                byte[] page = await feed.PageAsync(connection.Over);
                await connection.SendAsync(new HttpResponse(200, "text/html", page));
                break;
            case ("/data", "GET"):
                var (data, isFinal) = await feed.DataAsync(connection.Over);
                await connection.SendAsync(new HttpResponse(200, "application/json", data));
                if (isFinal)
                {
                    Interlocked.Increment(ref fetched);
                }

                break;
            case ("/control/snapshot", "POST"):
                await connection.SendAsync(Act(
                    control.RequestSnapshot, "A snapshot will be written after this iteration."));
                break;
            case ("/control/stop", "POST"):
                await connection.SendAsync(Act(
                    control.RequestStop, "The run will stop after this iteration, with a snapshot."));
                break;
            case ("/" or "/data" or "/events", _):
                await connection.SendAsync(Refused("GET"));
                break;
            case ("/control/snapshot" or "/control/stop", _):
                await connection.SendAsync(Refused("POST"));
                break;
            default:
                await connection.SendAsync(HttpResponse.Text(404, "There is nothing at this address."));
                break;
        }
    }

    private HttpResponse Act(Action act, string answer)
    {
        if (feed.Ended.IsCompleted)
        {
            return HttpResponse.Text(409, "The run has ended.");
        }

        act();
        return HttpResponse.Text(202, answer);
    }

    private static HttpResponse Refused(string allowed) =>
        HttpResponse.Text(405, $"This address accepts only {allowed}.") with { Allow = allowed };

    // Server-sent events as the HTML standard describes them. Each stream asks the feed itself, so nothing queues up.
    private async Task StreamAsync(ServerConnection connection)
    {
        Interlocked.Increment(ref streams);
        try
        {
            await connection.SendAsync(HttpResponse.EventHead());
            _ = connection.WatchAsync();
            long start = Stopwatch.GetTimestamp(), seen = 0;
            while (!feed.Ended.IsCompleted)
            {
                var (version, _) = await feed.LookAsync(connection.Over);
                if (version != seen)
                {
                    await connection.SendAsync(Message("message", version.ToString(CultureInfo.InvariantCulture)));
                    (seen, start) = (version, Stopwatch.GetTimestamp());
                }
                else if (Stopwatch.GetElapsedTime(start) >= limits.Silence)
                {
                    await connection.SendAsync(":\n\n"u8.ToArray());
                    start = Stopwatch.GetTimestamp();
                }

                await Task.WhenAny(feed.Ended, Task.Delay(Pace, connection.Over));
                connection.Over.ThrowIfCancellationRequested();
            }

            var (last, state) = await feed.LookAsync(connection.Over);
            await connection.SendAsync(Message("message", last.ToString(CultureInfo.InvariantCulture)));
            await connection.SendAsync(Message("end", state.ToString().ToLowerInvariant()));
            Interlocked.Increment(ref told);
        }
        finally
        {
            Interlocked.Decrement(ref streams);
        }
    }

    private static byte[] Message(string name, string data) =>
        Encoding.ASCII.GetBytes($"event: {name}\ndata: {data}\n\n");
}
