using Cnn.Engine.Solvers;
using Cnn.Layers;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Tests.Engine.Solvers;

namespace Cnn.Tests.Layers.Threading;

/// <summary>Pools over threads of a host program: correct ones, and ones that break the rules.</summary>
[Trait("Category", "Kernel")]
public class HostThreadsTests
{
    private const string LeNet = """
        layer { name: "digits" type: "Digits" top: "data" top: "label"
          transform_param { scale: 0.00390625 } digits_param { batch_size: 16 } }
        layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
          convolution_param { num_output: 20 kernel_size: 5 weight_filler { type: "xavier" } } }
        layer { name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1" pooling_param { kernel_size: 2 stride: 2 } }
        layer { name: "conv2" type: "Convolution" bottom: "pool1" top: "conv2"
          convolution_param { num_output: 50 kernel_size: 5 weight_filler { type: "xavier" } } }
        layer { name: "pool2" type: "Pooling" bottom: "conv2" top: "pool2" pooling_param { kernel_size: 2 stride: 2 } }
        layer { name: "ip1" type: "InnerProduct" bottom: "pool2" top: "ip1"
          inner_product_param { num_output: 500 weight_filler { type: "xavier" } } }
        layer { name: "relu1" type: "ReLU" bottom: "ip1" top: "ip1" }
        layer { name: "ip2" type: "InnerProduct" bottom: "ip1" top: "ip2"
          inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip2" bottom: "label" }
        """;

    public static TheoryData<string> Hosts => [.. MakeHosts.Keys];

    private static Dictionary<string, Func<IWorkerThreads>> MakeHosts => new()
    {
        ["the thread pool, awaited"] = () => new ThreadPoolHost { Awaits = true },
        ["the thread pool, not awaited"] = () => new ThreadPoolHost { Awaits = false },
        ["threads of its own"] = () => new ThreadsHost(),
        ["one thread"] = () => new AloneHost(),
        ["nobody comes"] = () => new AbsentHost(),
        ["everybody comes twice"] = () => new CrowdHost(),
    };

    [Theory]
    [MemberData(nameof(Hosts))]
    public void EveryPartRunsOnceAndNoWorkerTwiceAtATime(string host)
    {
        IWorkerThreads threads = MakeHosts[host]();
        using var pool = new WorkerPool(threads);
        Assert.Equal(threads.Count, pool.ThreadCount);
        for (int job = 0; job < 300; job++)
        {
            int count = job % 23;
            var work = new Counting { Runs = new int[count], Inside = new int[threads.Count], Pool = pool };
            pool.Run(count, ref work);
            Assert.All(work.Runs, runs => Assert.Equal(1, runs));
        }

        (threads as IDisposable)?.Dispose();
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public unsafe void AProductHasTheSameBits(string host)
    {
        const int M = 70, N = 90, K = 130;
        var (a, b) = (new AlignedBuffer(M * K), new AlignedBuffer(K * N));
        LayerHarness.Fill(a.Span, 1);
        LayerHarness.Fill(b.Span, 2);
        using var ours = new WorkerPool(2);
        IWorkerThreads threads = MakeHosts[host]();
        using var theirs = new WorkerPool(threads);
        Assert.Equal(Multiply(ours), Multiply(theirs));
        (threads as IDisposable)?.Dispose();

        float[] Multiply(WorkerPool pool)
        {
            var c = new AlignedBuffer(M * N);
            GemmKernel.Run(pool, false, false, M, N, K, a.Pointer, K, b.Pointer, N, c.Pointer, N);
            return c.Span.ToArray();
        }
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public void LeNetLearnsTheSameBits(string host)
    {
        using var ours = new WorkerPool(2);
        IWorkerThreads threads = MakeHosts[host]();
        using var theirs = new WorkerPool(threads);
        Assert.Equal(Train(ours), Train(theirs));
        (threads as IDisposable)?.Dispose();
    }

    [Fact]
    public void AnExceptionOfAPartReachesTheCaller()
    {
        using var pool = new WorkerPool(new ThreadPoolHost { Awaits = false });
        for (int bad = 0; bad < 20; bad++)
        {
            var failing = new Failing { Bad = bad };
            var thrown = Assert.Throws<InvalidOperationException>(() => pool.Run(20, ref failing));
            Assert.Equal($"part {bad}", thrown.Message);
        }
    }

    [Fact]
    public void AnExceptionOfTheHostReachesTheCallerWhenEveryPartIsDone()
    {
        using var pool = new WorkerPool(new FailingHost());
        var work = new Counting { Runs = new int[9], Inside = new int[2], Pool = pool };
        Assert.Equal("no threads", Assert.Throws<NotSupportedException>(() => pool.Run(9, ref work)).Message);
        Assert.All(work.Runs, runs => Assert.Equal(1, runs));
    }

    [Fact]
    public void DisposalLeavesTheHostsThreads()
    {
        using var threads = new ThreadsHost();
        new WorkerPool(threads).Dispose();
        using var pool = new WorkerPool(threads);
        var work = new Counting { Runs = new int[9], Inside = new int[threads.Count], Pool = pool };
        pool.Run(9, ref work);
        Assert.All(work.Runs, runs => Assert.Equal(1, runs));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(WorkerPool.MaxThreads + 1)]
    public void AnImpossibleNumberOfThreadsIsRefused(int count)
    {
        var error = Assert.Throws<CnnException>(() => new WorkerPool(new AbsentHost { Count = count }));
        Assert.Contains($"cannot have {count} threads", error.Message, StringComparison.Ordinal);
    }

    private static float[] Train(WorkerPool pool)
    {
        Solver solver = Training.Prepare(
            $"net_param {{ {LeNet} }} base_lr: 0.01 momentum: 0.9 lr_policy: 'fixed' max_iter: 3 random_seed: 5 "
            + "snapshot_after_train: false",
            pool);
        Assert.True(solver.Solve());
        return Training.Weights(solver);
    }

    private struct Counting : IParallelJob
    {
        public int[] Runs;
        public int[] Inside;
        public WorkerPool Pool;

        public readonly void Run(int part, int worker)
        {
            Assert.Equal(1, Interlocked.Increment(ref Inside[worker]));
            Interlocked.Increment(ref Runs[part]);
            var nested = new Nested();
            Pool.Run(3, ref nested);
            Thread.SpinWait(200);
            Assert.Equal(0, Interlocked.Decrement(ref Inside[worker]));
        }
    }

    private struct Nested : IParallelJob
    {
        public readonly void Run(int part, int worker)
        {
        }
    }

    private struct Failing : IParallelJob
    {
        public int Bad;

        public readonly void Run(int part, int worker)
        {
            if (part == Bad)
            {
                throw new InvalidOperationException($"part {part}");
            }
        }
    }

    private sealed class ThreadPoolHost : IWorkerThreads
    {
        public required bool Awaits { get; init; }

        public int Count => 3;

        public void Run(IWorkerTask task)
        {
            Task[] others = [Task.Run(() => task.Run(1)), Task.Run(() => task.Run(2))];
            task.Run(0);
            if (Awaits)
            {
                Task.WaitAll(others);
            }
        }
    }

    // As a host with plain threads might do it: one semaphore per thread signals work.
    private sealed class ThreadsHost : IWorkerThreads, IDisposable
    {
        private readonly SemaphoreSlim[] signals = [new(0), new(0), new(0)];
        private readonly Thread[] threads;
        private volatile IWorkerTask? task;
        private volatile bool stopping;

        public ThreadsHost()
        {
            threads = [.. signals.Select((signal, i) => new Thread(() => Work(signal, i + 1)))];
            Array.ForEach(threads, thread => thread.Start());
        }

        public int Count => signals.Length + 1;

        public void Run(IWorkerTask task)
        {
            this.task = task;
            for (int i = 0; i < signals.Length; i++)
            {
                if (task.HasWork(i + 1))
                {
                    signals[i].Release();
                }
            }

            task.Run(0);
        }

        public void Dispose()
        {
            stopping = true;
            Array.ForEach(signals, signal => signal.Release());
            Array.ForEach(threads, thread => thread.Join());
        }

        private void Work(SemaphoreSlim signal, int worker)
        {
            for (signal.Wait(); !stopping; signal.Wait())
            {
                task!.Run(worker);
            }
        }
    }

    private sealed class AloneHost : IWorkerThreads
    {
        public int Count => 1;

        public void Run(IWorkerTask task) => task.Run(0);
    }

    // Not even worker 0 is called.
    private sealed class AbsentHost : IWorkerThreads
    {
        public int Count { get; init; } = 4;

        public void Run(IWorkerTask task)
        {
        }
    }

    // Every worker is called twice at once, worker 0 on other threads, and nobody waits.
    private sealed class CrowdHost : IWorkerThreads
    {
        public int Count => 3;

        public void Run(IWorkerTask task)
        {
            for (int i = 0; i < 6; i++)
            {
                int worker = i % 3;
                ThreadPool.QueueUserWorkItem(_ => task.Run(worker));
            }
        }
    }

    private sealed class FailingHost : IWorkerThreads
    {
        public int Count => 2;

        public void Run(IWorkerTask task) => throw new NotSupportedException("no threads");
    }
}
