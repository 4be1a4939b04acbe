using System.Diagnostics.CodeAnalysis;
using System.Text;
using Cnn.Engine.Distributed.Mpi;
using Cnn.Proto;

namespace Cnn.Engine.Distributed;

/// <summary>
/// The processes of a job that train or test one net together, each with a rank from 0 to <see cref="Size"/> - 1. The
/// processes call the same members in the same order, from one thread each; <see cref="Abort"/> may come from any. All
/// communication runs on a thread of the group's own.
/// </summary>
public sealed class ProcessGroup : IDisposable
{
    // MPI promises tags up to 32767. They come round long after the operation that had them is done.
    private const int Tags = 32768;

    private readonly Queue<GroupOperation> posted = new();
    private readonly List<GroupOperation> active = [];
    private readonly Thread thread;
    private readonly ManualResetEventSlim opened = new();
    private readonly GatherOperation gather;
    private ITransport? transport;
    private Exception? failure;
    private int nextTag;
    private int waiting;
    private bool isEnding;
    private bool isDisposed;

    /// <summary>Opens the transport on a thread of its own and meets the other processes.</summary>
    /// <param name="open">Opens the transport; called on the communication thread.</param>
    /// <exception cref="CnnException">It cannot be opened.</exception>
    internal ProcessGroup(Func<ITransport> open)
    {
        thread = new Thread(() => Work(open)) { Name = "communication", IsBackground = true };
        thread.Start();
        opened.Wait();
        if (transport is null)
        {
            thread.Join();
            throw failure as CnnException
                ?? new CnnException($"the processes cannot meet: {failure!.Message}", inner: failure);
        }

        (Rank, Size, Library) = (transport.Rank, transport.Size, transport.Name);
        gather = new GatherOperation(Rank, Size);
        Hosts = GatherText(Environment.MachineName);
    }

    /// <summary>
    /// Joins the processes that a launcher such as mpirun has started together with this one, over the launcher's MPI
    /// library. MPI is loaded only where the launcher's environment tells of several processes, or where it is asked
    /// for.
    /// </summary>
    /// <param name="isAskedFor">Whether to load MPI in any case.</param>
    /// <returns>The group; null where there is one process and MPI is not asked for.</returns>
    /// <exception cref="CnnException">
    /// No MPI library is found, or it is not the launcher's; the error says what to install.
    /// </exception>
    public static ProcessGroup? Join(bool isAskedFor = false)
    {
        var launcher = Launcher.Find(Environment.GetEnvironmentVariable);
        return isAskedFor || launcher is { Size: > 1 }
            ? new ProcessGroup(() => MpiTransport.Open(launcher, Environment.GetEnvironmentVariable))
            : null;
    }

    /// <summary>The rank of this process.</summary>
    public int Rank { get; }

    /// <summary>The number of processes.</summary>
    public int Size { get; }

    /// <summary>What carries the messages and its version, such as "Open MPI 4.1.4".</summary>
    public string Library { get; }

    /// <summary>The number of processes on this machine, this one included.</summary>
    public int LocalSize => Hosts.Count(host => host == Hosts[Rank]);

    /// <summary>The name of each rank's machine.</summary>
    public IReadOnlyList<string> Hosts { get; }

    /// <summary>Whether this is rank 0, which logs, displays and writes files for all.</summary>
    public bool IsRoot => Rank == 0;

    /// <summary>
    /// The error that <see cref="Together{T}"/> has thrown in every process; null while there is none.
    /// </summary>
    public Exception? CommonFailure { get; private set; }

    /// <summary>Brings the bytes of each rank to every rank.</summary>
    /// <returns>The bytes by rank.</returns>
    public byte[][] Gather(ReadOnlySpan<byte> mine)
    {
        gather.Give(mine);
        Post(gather);
        Await(gather);
        var all = new byte[Size][];
        for (int rank = 0; rank < Size; rank++)
        {
            all[rank] = gather.Of(rank).ToArray();
        }

        return all;
    }

    /// <summary>Brings a text of each rank to every rank.</summary>
    public string[] GatherText(string mine) =>
        Array.ConvertAll(Gather(Encoding.UTF8.GetBytes(mine)), Encoding.UTF8.GetString);

    /// <summary>
    /// Does something in every process that must succeed in all of them: if it fails in one, an error is thrown in all,
    /// with the message of the first rank that failed.
    /// </summary>
    /// <exception cref="CnnException">It failed; see <see cref="CommonFailure"/>.</exception>
    public T Together<T>(Func<T> action)
    {
        T result = default!;
        Exception? mine = null;
        try
        {
            result = action();
        }
        catch (Exception exception)
        {
            mine = exception;
        }

        Agree(mine);
        return result;
    }

    /// <summary>Does something in every process; see <see cref="Together{T}"/>.</summary>
    public void Together(Action action) => Together(() =>
    {
        action();
        return true;
    });

    /// <summary>
    /// Ends all processes of the job at once with an exit code, because this one cannot go on. It may not return.
    /// </summary>
    public void Abort(int exitCode)
    {
        // A second one, as of a signal, has nothing to do: the job ends already.
        TryPost(new AbortOperation(exitCode), isLast: true);
        thread.Join();
    }

    /// <summary>
    /// Ends the communication, and waits for the others to come here too. A process that has failed alone calls
    /// <see cref="Abort"/> before: the others would wait for it, and it for them.
    /// </summary>
    public void Dispose()
    {
        if (!isDisposed)
        {
            isDisposed = true;
            TryPost(null, isLast: true);
            thread.Join();
            gather.Dispose();
            opened.Dispose();
        }
    }

    /// <summary>
    /// Tells the other processes how something ended that every process does; see <see cref="Together{T}"/>.
    /// </summary>
    /// <param name="error">The error of this process; null where it succeeded.</param>
    /// <exception cref="CnnException">It failed in a process.</exception>
    internal void Agree(Exception? error)
    {
        RankOutcome[] outcomes = Array.ConvertAll(Gather(RankOutcome.Of(error).ToBytes()), RankOutcome.Parse);
        if (RankOutcome.Common(outcomes, error) is { } common)
        {
            Fail(common);
        }
    }

    /// <summary>Throws an error that every process throws at this place.</summary>
    [DoesNotReturn]
    internal void Fail(Exception common)
    {
        CommonFailure = common;
        throw common;
    }

    /// <summary>Hands an operation to the communication thread; the ranks hand over theirs in the same order.</summary>
    /// <exception cref="CnnException">The job has been ended.</exception>
    internal void Post(GroupOperation operation)
    {
        operation.Reset();
        if (!TryPost(operation, isLast: false))
        {
            // Another thread has ended the job.
            operation.Finish();
            throw Broken(new OperationCanceledException("the job has been ended"));
        }
    }

    /// <summary>Blocks until an operation is done.</summary>
    /// <exception cref="CnnException">The communication has failed.</exception>
    internal void Await(GroupOperation operation)
    {
        Interlocked.Increment(ref waiting);
        operation.WaitUntilDone();
        Interlocked.Decrement(ref waiting);
        if (failure is { } fault)
        {
            throw Broken(fault);
        }
    }

    private static CnnException Broken(Exception fault) =>
        new($"the processes cannot communicate: {fault.Message}", inner: fault) { IsOfTheMachine = true };

    private void Work(Func<ITransport> open)
    {
        try
        {
            transport = open();
        }
        catch (Exception exception)
        {
            failure = exception;
            return;
        }
        finally
        {
            opened.Set();
        }

        ITransport carrier = transport;
        var pause = new CommunicationPause();
        while (Take() || active.Count > 0)
        {
            if (Advance(carrier))
            {
                pause.Reset();
            }
            else
            {
                pause.Wait(isAwaited: Volatile.Read(ref waiting) > 0);
            }
        }

        Close(carrier);
    }

    // What was to be done is done by now, whatever a library says at its end.
    private static void Close(ITransport carrier)
    {
        try
        {
            carrier.Dispose();
        }
        catch (CnnException)
        {
        }
    }

    // Returns whether it is handed over: not after the last one.
    private bool TryPost(GroupOperation? operation, bool isLast)
    {
        lock (posted)
        {
            if (isEnding)
            {
                return false;
            }

            isEnding = isLast;
            if (operation is not null)
            {
                posted.Enqueue(operation);
            }

            Monitor.Pulse(posted);
            return true;
        }
    }

    // Blocks while nothing is under way.
    private bool Take()
    {
        GroupOperation? operation;
        lock (posted)
        {
            while (posted.Count == 0 && active.Count == 0 && !isEnding)
            {
                Monitor.Wait(posted);
            }

            if (!posted.TryDequeue(out operation))
            {
                return false;
            }
        }

        int tag = nextTag;
        nextTag = (nextTag + GroupOperation.Tags) % Tags;
        operation.Prepare(tag);
        active.Add(operation);
        return true;
    }

    // Returns whether an operation has come to its end. After a failure all have, but one that ends the job.
    private bool Advance(ITransport carrier)
    {
        bool hasEnded = false;
        for (int i = 0; i < active.Count; i++)
        {
            GroupOperation operation = active[i];
            if (IsOver(operation, carrier))
            {
                active.RemoveAt(i--);
                operation.Finish();
                hasEnded = true;
            }
        }

        return hasEnded;
    }

    private bool IsOver(GroupOperation operation, ITransport carrier)
    {
        try
        {
            return (failure is not null && operation is not AbortOperation) || operation.Advance(carrier);
        }
        catch (Exception exception)
        {
            failure ??= exception;
            return true;
        }
    }
}
