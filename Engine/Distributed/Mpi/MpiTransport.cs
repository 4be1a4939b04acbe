using Cnn.Proto;

namespace Cnn.Engine.Distributed.Mpi;

/// <summary>Carries bytes by messages of MPI, as 32-bit floats, between all processes of the job.</summary>
internal sealed unsafe class MpiTransport : ITransport
{
    /// <summary>The floats of the largest message; more go in several messages.</summary>
    public const int LargestMessage = 1 << 30;

    private const int None = -1;
    private const int Unit = sizeof(float);

    private readonly MpiLibrary mpi;
    private readonly int largest;
    private Message[] messages = [];
    private int free = None;

    private MpiTransport(MpiLibrary mpi, int largest)
    {
        (this.mpi, this.largest) = (mpi, largest);
        (Rank, Size, Name) = (mpi.Rank, mpi.Size, mpi.Version);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <summary>Starts MPI and meets the other processes.</summary>
    /// <param name="launcher">What has started the processes; null where this one was started alone.</param>
    /// <param name="variable">Returns a variable of the environment, or null.</param>
    /// <param name="largest">The floats of the largest message.</param>
    /// <exception cref="CnnException">No library is found, or it does not see the launcher's processes.</exception>
    public static MpiTransport Open(
        Launcher? launcher, Func<string, string?> variable, int largest = LargestMessage)
    {
        MpiLibrary mpi;
        using (new SignalHandlers())
        {
            mpi = MpiLibrary.Load(variable(MpiLibrary.FileVariable), launcher?.Abi ?? MpiAbi.Standard);
            mpi.Initialize();
        }

        var transport = new MpiTransport(mpi, largest);
        if (launcher is not null && launcher.Size != transport.Size)
        {
            transport.Dispose();
            throw new CnnException(
                $"{launcher.Name} has started {launcher.Size} processes, but {transport.Name} sees {transport.Size}",
                $"launcher and library must belong together: {launcher.Advice}, or name the launcher's library by "
                + MpiLibrary.FileVariable);
        }

        return transport;
    }

    /// <inheritdoc/>
    public int Send(int to, int tag, void* data, long bytes) => Start(isSend: true, to, tag, (float*)data, bytes);

    /// <inheritdoc/>
    public int Receive(int from, int tag, void* data, long bytes) =>
        Start(isSend: false, from, tag, (float*)data, bytes);

    /// <inheritdoc/>
    public bool IsDone(int transfer)
    {
        ref Message message = ref messages[transfer];
        while (mpi.IsDone(ref message.Request))
        {
            int next = message.Next;
            if (next == None)
            {
                Release(transfer);
                return true;
            }

            message = messages[next];
            Release(next);
        }

        return false;
    }

    /// <inheritdoc/>
    public void Abort(int exitCode) => mpi.Abort(exitCode);

    /// <inheritdoc/>
    public void Dispose() => mpi.Finish();

    // All messages of a transfer start at once, so that those of a later one with the same tag come after them.
    private int Start(bool isSend, int other, int tag, float* data, long bytes)
    {
        if (bytes < 0 || bytes % Unit != 0)
        {
            throw new ArgumentException($"{bytes} bytes are no multiple of {Unit}", nameof(bytes));
        }

        long left = bytes / Unit;
        int first = None;
        int last = None;
        do
        {
            var count = (int)Math.Min(left, largest);
            int message = Take();
            messages[message].Request = isSend
                ? mpi.Send(other, tag, data, count)
                : mpi.Receive(other, tag, data, count);
            if (last == None)
            {
                first = message;
            }
            else
            {
                messages[last].Next = message;
            }

            last = message;
            data += count;
            left -= count;
        }
        while (left > 0);
        return first;
    }

    private int Take()
    {
        if (free == None)
        {
            int count = messages.Length;
            Array.Resize(ref messages, Math.Max(16, 2 * count));
            for (int i = messages.Length - 1; i >= count; i--)
            {
                Release(i);
            }
        }

        int message = free;
        free = messages[message].Next;
        messages[message].Next = None;
        return message;
    }

    private void Release(int message)
    {
        messages[message].Next = free;
        free = message;
    }

    // A message under way; Next is the transfer's next one, or the next free place.
    private struct Message
    {
        public nint Request;
        public int Next;
    }
}
