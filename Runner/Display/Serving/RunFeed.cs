using System.Diagnostics;
using System.Text;
using Cnn.Engine.Pages;
using Cnn.Engine.Runs;

namespace Cnn.Runner.Display.Serving;

/// <summary>
/// What pages see of a run: a copy of its record, taken when somebody looks and the last one is a second old, or older
/// where making the data takes long: looking costs a thirtieth of a core at most.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="live">What the page is told of the server.</param>
internal sealed class RunFeed(RunWriter run, PageOptions live) : IDisposable
{
    private const int Share = 30;

    private static readonly TimeSpan LeastAge = TimeSpan.FromSeconds(1), MostAge = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim gate = new(1);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stopwatch age = new();
    private TimeSpan pause = LeastAge;
    private RunRecord? record;
    private object? traits;
    private long version;
    private bool isFinal;
    private byte[]? page;
    private byte[]? data;

    /// <summary>Completes when the run has ended.</summary>
    public Task Ended => ended.Task;

    /// <summary>Says that the run has ended: from now on all see its last state.</summary>
    public void End() => ended.TrySetResult();

    /// <summary>Returns a number that changes with what there is to see, and the state of the run.</summary>
    public async Task<(long Version, RunState State)> LookAsync(CancellationToken cancel)
    {
        using Held held = await HoldAsync(cancel);
        return (version, record!.State);
    }

    /// <summary>Returns the page.</summary>
    public async Task<byte[]> PageAsync(CancellationToken cancel)
    {
        using Held held = await HoldAsync(cancel);
        return page ??= Made(() => RunPage.Html([record!], live));
    }

    /// <summary>Returns the data of the page, and whether they are the last ones.</summary>
    public async Task<(byte[] Data, bool IsFinal)> DataAsync(CancellationToken cancel)
    {
        using Held held = await HoldAsync(cancel);
        return (data ??= Made(() => RunPage.Data([record!])), isFinal);
    }

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();

    private async Task<Held> HoldAsync(CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        var held = new Held(gate);
        try
        {
            bool isLast = Ended.IsCompleted;
            if (record is null || (isLast ? !isFinal : age.Elapsed >= pause))
            {
                Take();
                isFinal = isLast;
            }

            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private void Take()
    {
        RunRecord now = run.Snapshot();
        object seen = TraitsOf(now);
        age.Restart();
        if (!seen.Equals(traits))
        {
            (record, traits, page, data) = (now, seen, null, null);
            version++;
        }
    }

    private byte[] Made(Func<string> make)
    {
        long start = Stopwatch.GetTimestamp();
        byte[] bytes = Encoding.UTF8.GetBytes(make());
        TimeSpan cost = Stopwatch.GetElapsedTime(start);
        pause = TimeSpan.FromTicks(Math.Clamp(cost.Ticks * Share, LeastAge.Ticks, MostAge.Ticks));
        return bytes;
    }

    // Two records of a run with the same traits look the same.
    private static object TraitsOf(RunRecord record) => (
        record.Iteration,
        record.State,
        record.LastSnapshot,
        record.Curves.Sum(c => c.Count),
        record.HistogramSeries.Sum(s => s.Items.Count > 0 ? s.Items[^1].Iteration + 1 : 0),
        record.ImageSeries.Sum(s => s.Items.Count > 0 ? s.Items[^1].Iteration + 1 : 0),
        record.LayerTimes,
        record.Classes,
        record.NetSvg,
        record.Definitions);

    private readonly struct Held(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
