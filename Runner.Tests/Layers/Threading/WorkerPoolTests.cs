using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Threading;

[Trait("Category", "Kernel")]
public class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void EveryPartRunsExactlyOnceOverManyJobs(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (int job = 0; job < 2000; job++)
        {
            int count = job % 37;
            var work = new Counting { Runs = new int[count], Threads = threads };
            pool.Run(count, ref work);
            Assert.All(work.Runs, runs => Assert.Equal(1, runs));
        }
    }

    [Theory]
    [InlineData(2, 10, new[] { 0, 5 })]
    [InlineData(2, 3, new[] { 0, 2 })]
    [InlineData(3, 8, new[] { 0, 3, 6 })]
    public void EachWorkerBeginsWithAStretchOfItsOwn(int threads, int count, int[] firstParts)
    {
        using var pool = new WorkerPool(threads);
        using var allBegan = new CountdownEvent(threads);
        var work = new Beginning { First = new int[threads], AllBegan = allBegan };
        Array.Fill(work.First, -1);
        pool.Run(count, ref work);
        Assert.Equal(firstParts, work.First);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void AWorkerThatIsHeldUpIsHelped(int held)
    {
        using var pool = new WorkerPool(2);
        using var othersDone = new CountdownEvent(9);
        var work = new HeldUp { Held = held, OthersDone = othersDone };
        pool.Run(10, ref work);
    }

    [Fact]
    public void WorkersThatFellAsleepWakeForTheNextJob()
    {
        using var pool = new WorkerPool(3);
        for (int job = 0; job < 5; job++)
        {
            Thread.Sleep(10);
            var work = new Counting { Runs = new int[50], Threads = 3 };
            pool.Run(50, ref work);
            Assert.All(work.Runs, runs => Assert.Equal(1, runs));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AnExceptionOfAPartReachesTheCallerAndThePoolGoesOn(int threads)
    {
        using var pool = new WorkerPool(threads);
        for (int bad = 0; bad < 20; bad++)
        {
            var failing = new Failing { Bad = bad };
            var thrown = Assert.Throws<InvalidOperationException>(() => pool.Run(20, ref failing));
            Assert.Equal($"part {bad}", thrown.Message);
            var work = new Counting { Runs = new int[20], Threads = threads };
            pool.Run(20, ref work);
            Assert.All(work.Runs, runs => Assert.Equal(1, runs));
        }
    }

    [Fact]
    public void AJobWithinAPartRunsOnThatPartsWorker()
    {
        using var pool = new WorkerPool(3);
        var outer = new Nesting { Pool = pool, Agreed = new bool[40] };
        pool.Run(40, ref outer);
        Assert.All(outer.Agreed, Assert.True);
    }

    [Fact]
    public unsafe void ScratchIsAlignedKeptAndApartForEveryWorkerAndSlot()
    {
        using var pool = new WorkerPool(2);
        float* a = pool.Scratch(0, ScratchSlot.LeftPanels, 100), b = pool.Scratch(0, ScratchSlot.RightPanels, 100);
        float* c = pool.Scratch(1, ScratchSlot.LeftPanels, 100);
        Assert.Equal(0u, ((nuint)a % 64) + ((nuint)b % 64) + ((nuint)c % 64));
        Assert.True(a != b && a != c && b != c);
        Assert.True(a == pool.Scratch(0, ScratchSlot.LeftPanels, 50));
        float* grown = pool.Scratch(0, ScratchSlot.LeftPanels, 1 << 20);
        grown[(1 << 20) - 1] = 1;
        Assert.True(grown == pool.Scratch(0, ScratchSlot.LeftPanels, 1000));
    }

    [Fact]
    public void DisposalEndsTheThreads()
    {
        var pool = new WorkerPool(4);
        var noting = new Noting { Threads = new Thread?[64] };
        pool.Run(64, ref noting);
        pool.Dispose();
        Assert.All(noting.Threads, thread => Assert.True(thread == Thread.CurrentThread || !thread!.IsAlive));
    }

    private struct Counting : IParallelJob
    {
        public int[] Runs;
        public int Threads;

        public readonly void Run(int part, int worker)
        {
            Interlocked.Increment(ref Runs[part]);
            if (worker < 0 || worker >= Threads)
            {
                throw new InvalidOperationException($"worker {worker}");
            }
        }
    }

    // No worker takes a second part before all have begun their first.
    private struct Beginning : IParallelJob
    {
        public int[] First;
        public CountdownEvent AllBegan;

        public readonly void Run(int part, int worker)
        {
            if (First[worker] < 0)
            {
                First[worker] = part;
                AllBegan.Signal();
                Assert.True(AllBegan.Wait(TimeSpan.FromSeconds(60)));
            }
        }
    }

    // One part ends after all others.
    private struct HeldUp : IParallelJob
    {
        public int Held;
        public CountdownEvent OthersDone;

        public readonly void Run(int part, int worker)
        {
            if (part == Held)
            {
                Assert.True(OthersDone.Wait(TimeSpan.FromSeconds(60)));
            }
            else
            {
                OthersDone.Signal();
            }
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

    private struct Nesting : IParallelJob
    {
        public WorkerPool Pool;
        public bool[] Agreed;

        public readonly void Run(int part, int worker)
        {
            var inner = new Workers { Seen = new int[5] };
            Pool.Run(5, ref inner);
            Agreed[part] = Array.TrueForAll(inner.Seen, seen => seen == worker);
        }
    }

    private struct Workers : IParallelJob
    {
        public int[] Seen;

        public readonly void Run(int part, int worker) => Seen[part] = worker;
    }

    private struct Noting : IParallelJob
    {
        public Thread?[] Threads;

        public readonly void Run(int part, int worker) => Threads[part] = Thread.CurrentThread;
    }
}
