using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Cnn.Engine.Distributed;
using Cnn.Engine.Distributed.Mpi;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Distributed.Mpi;

/// <summary>What each rank runs of the jobs that <see cref="MpiTransportTests"/> starts.</summary>
[Trait("Category", "Unit")]
public unsafe class MpiRankTests
{
    /// <summary>The variable that such a process has.</summary>
    internal const string InRank = "CNN_TEST_IN_RANK";

    private const int SmallMessage = 1000;

    [Fact]
    public void MessagesArriveAsTheyWereSent()
    {
        OnlyInRank();
        var launcher = Launcher.Find(Environment.GetEnvironmentVariable);
        MpiTransport? opened = null;
        using var group = new ProcessGroup(
            () => opened = MpiTransport.Open(launcher, Environment.GetEnvironmentVariable, SmallMessage));
        Console.WriteLine($"over {group.Library} ");

        Assert.Equal((launcher!.Size, launcher.Size), (group.Size, group.LocalSize));
        Do(group, transport => Assert.Throws<ArgumentException>(() => transport.Send(0, 0, null, 6)));
        foreach (int count in (int[])[0, 1, SmallMessage, (3 * SmallMessage) + 1, 1 << 20])
        {
            Do(group, transport => Exchange(transport, count));
        }

        byte[][] all = group.Gather([.. Enumerable.Repeat((byte)group.Rank, 3 + group.Rank)]);
        Assert.Equal(Enumerable.Range(0, group.Size).Select(r => 3 + r), all.Select(a => a.Length));
        var common = Assert.Throws<CnnException>(() => group.Together(
            () => group.Rank == 1 ? throw new CnnException("not here") : 0));
        Assert.Equal("on rank 1: not here", common.Message);

        // The library leaves the signal alone by which the runtime sees this.
        Assert.Throws<NullReferenceException>(() => Nothing()!.Length);
    }

    [Fact]
    public void OneAborts()
    {
        OnlyInRank();
        using ProcessGroup group = ProcessGroup.Join()!;
        if (group.Rank == 1)
        {
            group.Abort(3);
        }

        group.Gather([1]);
    }

    [Fact]
    public void TheLibraryIsAnothers()
    {
        OnlyInRank();

        var error = Assert.Throws<CnnException>(() => ProcessGroup.Join());

        Console.WriteLine(error.Message);
    }

    private static void OnlyInRank() => Assert.SkipWhen(
        Environment.GetEnvironmentVariable(InRank) is null, "runs in the processes that another test starts");

    private static string? Nothing() => Environment.GetEnvironmentVariable("CNN_TEST_NOTHING");

    // Every rank sends two messages of one tag to every other, whose floats tell where they come from.
    private static void Exchange(ITransport transport, int count)
    {
        int messages = 2 * transport.Size;
        float* sent = (float*)NativeMemory.Alloc((nuint)(messages * count), sizeof(float));
        float* received = (float*)NativeMemory.AllocZeroed((nuint)(messages * count), sizeof(float));
        var transfers = new List<int>();
        for (int i = 0; i < messages; i++)
        {
            int other = i / 2;
            if (other != transport.Rank)
            {
                new Span<float>(sent + (i * count), count).Fill(Mark(transport.Rank, other, i % 2));
                transfers.Add(transport.Send(other, 7, sent + (i * count), (long)count * sizeof(float)));
                transfers.Add(transport.Receive(other, 7, received + (i * count), (long)count * sizeof(float)));
            }
        }

        while (transfers.Count > 0)
        {
            transfers.RemoveAll(transport.IsDone);
        }

        for (int i = 0; i < messages; i++)
        {
            float expected = i / 2 == transport.Rank ? 0 : Mark(i / 2, transport.Rank, i % 2);
            Assert.False(new Span<float>(received + (i * count), count).ContainsAnyExcept(expected));
        }

        NativeMemory.Free(sent);
        NativeMemory.Free(received);
    }

    private static float Mark(int from, int to, int number) => 1 + (100 * from) + (10 * to) + number;

    // The transport is used by the group's thread alone.
    private static void Do(ProcessGroup group, Action<ITransport> action)
    {
        var operation = new Once(action);
        group.Post(operation);
        group.Await(operation);
        operation.Fault?.Throw();
    }

    private sealed class Once(Action<ITransport> action) : GroupOperation
    {
        public ExceptionDispatchInfo? Fault { get; private set; }

        protected override void Begin(ITransport transport)
        {
            try
            {
                action(transport);
            }
            catch (Exception exception)
            {
                Fault = ExceptionDispatchInfo.Capture(exception);
            }
        }

        protected override bool GoOn(ITransport transport) => false;
    }
}
