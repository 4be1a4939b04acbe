using Cnn.Layers;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Threading;

/// <summary>Which threads may use a pool, when, and the errors that others get.</summary>
[Trait("Category", "Kernel")]
public class PoolOwnershipTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ASecondThreadThatStartsAJobMeanwhileGetsAnError(int threads)
    {
        using var pool = new WorkerPool(threads);
        var meanwhile = new Meanwhile { Do = () => ErrorOnAnotherThread(() => RunEmptyJob(pool)) };
        pool.Run(1, ref meanwhile);

        Assert.Contains("two threads use one pool at the same time", meanwhile.Said, StringComparison.Ordinal);
        Assert.Contains("give each thread a pool of its own", meanwhile.Said, StringComparison.Ordinal);

        // Threads may use it one after the other.
        Assert.Equal("", ErrorOnAnotherThread(() => RunEmptyJob(pool)));
        RunEmptyJob(pool);
    }

    [Fact]
    public void ALeaseHoldsThePoolBetweenJobs()
    {
        using var pool = new WorkerPool(2);
        using (pool.Enter())
        {
            RunEmptyJob(pool);
            using (pool.Enter())
            {
                RunEmptyJob(pool);
            }

            Assert.Contains("two threads", ErrorOnAnotherThread(() => RunEmptyJob(pool)), StringComparison.Ordinal);
            Assert.Contains("two threads", ErrorOnAnotherThread(() => pool.Enter()), StringComparison.Ordinal);
            Assert.Contains("two threads", ErrorOnAnotherThread(pool.Dispose), StringComparison.Ordinal);
        }

        Assert.Equal("", ErrorOnAnotherThread(() =>
        {
            using PoolLease lease = pool.Enter();
            RunEmptyJob(pool);
        }));
    }

    [Fact]
    public void ALeaseGivenBackTwiceTakesNobodyElsesClaim()
    {
        using var pool = new WorkerPool(2);
        PoolLease first = pool.Enter();
        first.Dispose();
        first.Dispose();
        using var isHeld = new ManualResetEventSlim();
        using var isOver = new ManualResetEventSlim();
        var other = new Thread(() =>
        {
            using PoolLease lease = pool.Enter();
            isHeld.Set();
            isOver.Wait();
        });
        other.Start();
        isHeld.Wait(TestContext.Current.CancellationToken);
        first.Dispose();
        Assert.Contains("two threads", ErrorOnAnotherThread(() => RunEmptyJob(pool)), StringComparison.Ordinal);
        isOver.Set();
        other.Join();
        RunEmptyJob(pool);
    }

    [Fact]
    public void AFailedJobGivesItsClaimBack()
    {
        using var pool = new WorkerPool(2);
        var failing = new Meanwhile { Do = () => throw new InvalidOperationException("no") };
        Assert.Throws<InvalidOperationException>(() => pool.Run(1, ref failing));
        Assert.Equal("", ErrorOnAnotherThread(() => RunEmptyJob(pool)));
    }

    // A GEMM packs into scratch in one job and reads it in the next: two at once on one pool would mix them up.
    [Fact]
    public void TwoThreadsThatShareAPoolComputeRightOrNotAtAll()
    {
        using var pool = new WorkerPool(2);
        int[] done = new int[2], refused = new int[2], wrong = new int[2];
        var threads = new Thread[2];
        using var start = new Barrier(2);
        for (int t = 0; t < threads.Length; t++)
        {
            int mine = t;
            threads[t] = new Thread(() =>
            {
                start.SignalAndWait();
                for (int pass = 0; pass < 300 || (done[mine] == 0 && pass < 100_000); pass++)
                {
                    try
                    {
                        wrong[mine] += IsRight(pool, mine + 1) ? 0 : 1;
                        done[mine]++;
                    }
                    catch (CnnException)
                    {
                        refused[mine]++;
                    }
                }
            });
            threads[t].Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Assert.Equal([0, 0], wrong);
        Assert.True(done[0] > 0 && done[1] > 0);
    }

    [Fact]
    public void ADisposedPoolSaysSo()
    {
        var pool = new WorkerPool(2);
        pool.Dispose();
        pool.Dispose();
        Assert.Contains(
            "the pool has been disposed",
            Assert.Throws<CnnException>(() => RunEmptyJob(pool)).Message,
            StringComparison.Ordinal);
        Assert.Throws<CnnException>(() => pool.Enter());
    }

    [Fact]
    public void APartCannotDisposeItsPool()
    {
        using var pool = new WorkerPool(2);
        var disposing = new Meanwhile { Do = () => { pool.Dispose(); return ""; } };
        Assert.Contains(
            "a part of a job disposes the pool", Assert.Throws<CnnException>(() => pool.Run(1, ref disposing)).Message,
            StringComparison.Ordinal);
        RunEmptyJob(pool);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(WorkerPool.MaxThreads + 1)]
    [InlineData(100_000)]
    [InlineData(int.MaxValue)]
    public void AnImpossibleNumberOfThreadsIsRefused(int threads)
    {
        var error = Assert.Throws<CnnException>(() => new WorkerPool(threads));
        Assert.Contains($"cannot have {threads} threads", error.Message, StringComparison.Ordinal);
        Assert.Contains("from 1 to 1024", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhereASystemGivesFewerThreadsThoseThatStartedEnd()
    {
        var started = new List<Thread>();
        var error = Assert.Throws<CnnException>(() => new SpinningThreads(8, thread =>
        {
            if (started.Count == 4)
            {
                throw new InsufficientMemoryException("no more threads");
            }

            thread.Start();
            started.Add(thread);
        }));

        Assert.Contains("the system gives 5 threads, not 8", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, started.Count);
        Assert.All(started, thread => Assert.False(thread.IsAlive));
    }

    private static void RunEmptyJob(WorkerPool pool)
    {
        var job = new Meanwhile { Do = () => "" };
        pool.Run(4, ref job);
    }

    private static unsafe bool IsRight(WorkerPool pool, int value)
    {
        const int M = 40, N = 48, K = 100;
        using PoolLease lease = pool.Enter();
        var (a, b, c) = (new AlignedBuffer(M * K), new AlignedBuffer(K * N), new AlignedBuffer(M * N));
        a.Span.Fill(value);
        b.Span.Fill(1);
        GemmKernel.Run(pool, false, false, M, N, K, a.Pointer, K, b.Pointer, N, c.Pointer, N);
        return !c.Span.ContainsAnyExcept(value * K);
    }

    // Returns the error of an action on another thread, or an empty text.
    private static string ErrorOnAnotherThread(Action action)
    {
        string said = "";
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (CnnException exception)
            {
                said = exception.Message;
            }
        });
        thread.Start();
        thread.Join();
        return said;
    }

    private struct Meanwhile : IParallelJob
    {
        public Func<string> Do;
        public string Said;

        public void Run(int part, int worker) => Said = Do();
    }
}
