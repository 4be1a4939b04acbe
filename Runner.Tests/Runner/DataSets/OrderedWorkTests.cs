using Cnn.Proto;
using Cnn.Runner.DataSets;

namespace Cnn.Tests.Runner.DataSets;

[Trait("Category", "Unit")]
public class OrderedWorkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void ResultsAreTakenInOrderOnTheCallingThread(int threads)
    {
        var taken = new List<(long Item, long Result)>();
        int caller = Environment.CurrentManagedThreadId;
        Run(3, 1000, threads, item => item * item, (item, result) =>
        {
            Assert.Equal(caller, Environment.CurrentManagedThreadId);
            taken.Add((item, result));
        });

        Assert.Equal(Enumerable.Range(3, 997).Select(i => ((long)i, (long)i * i)), taken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void TheFirstFailureInOrderIsThrownAfterTheResultsBeforeIt(int threads)
    {
        var taken = new List<long>();
        var error = Assert.Throws<CnnException>(() => Run(
            0,
            100,
            threads,
            item => item >= 20 ? throw new CnnException($"item {item}") : item,
            (_, result) => taken.Add(result)));

        Assert.Equal("item 20", error.Message);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (long)i), taken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void CancellingEndsTheWorkAndItsThreads(int threads)
    {
        using var source = new CancellationTokenSource();
        var workers = new List<Worker>();
        Assert.Throws<OperationCanceledException>(() => OrderedWork.Run(
            0,
            long.MaxValue,
            threads,
            () =>
            {
                var worker = new Worker();
                workers.Add(worker);
                return worker;
            },
            () => new long[1],
            (item, _, result) => result[0] = item,
            (item, _) =>
            {
                if (item == 50)
                {
                    source.Cancel();
                }
            },
            source.Token));

        Assert.Equal(threads, workers.Count);
        Assert.All(workers, worker => Assert.True(worker.IsDisposed));
    }

    [Fact]
    public void NoItemsAreNoWork() => Run(5, 5, 4, _ => throw new InvalidOperationException(), (_, _) => { });

    private static void Run(long first, long end, int threads, Func<long, long> work, Action<long, long> take) =>
        OrderedWork.Run(
            first,
            end,
            threads,
            () => new Worker(),
            () => new long[1],
            (item, _, result) => result[0] = work(item),
            (item, result) => take(item, result[0]),
            TestContext.Current.CancellationToken);

    private sealed class Worker : IDisposable
    {
        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }
}
