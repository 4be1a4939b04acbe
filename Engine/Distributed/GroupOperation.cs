namespace Cnn.Engine.Distributed;

/// <summary>
/// Something that all processes of a group do together, in the same order, on the communication thread of each.
/// </summary>
internal abstract class GroupOperation : IDisposable
{
    /// <summary>How many tags an operation has.</summary>
    public const int Tags = 2;

    private readonly ManualResetEventSlim done = new(initialState: true);
    private readonly List<int> transfers = [];
    private bool hasBegun;
    private bool isDisposed;
    private bool isAbandoned;

    /// <summary>Whether it is done or has failed.</summary>
    public bool IsDone => done.IsSet;

    /// <summary>The first of the tags that are this operation's own while it goes on.</summary>
    protected int Tag { get; private set; }

    /// <summary>
    /// Releases what it holds. One that is under way, because the job has failed, is left alone: the process ends soon.
    /// </summary>
    public void Dispose()
    {
        if (IsDone && !isDisposed && !isAbandoned)
        {
            isDisposed = true;
            Release();
            done.Dispose();
        }
    }

    /// <summary>Releases memory that the garbage collector does not.</summary>
    protected virtual void Release()
    {
    }

    /// <summary>Starts the first transfers.</summary>
    protected abstract void Begin(ITransport transport);

    /// <summary>Goes on when all transfers are done.</summary>
    /// <returns>Whether there are new ones; otherwise the operation is done.</returns>
    protected abstract bool GoOn(ITransport transport);

    /// <summary>Adds a transfer to wait for.</summary>
    protected void Await(int transfer) => transfers.Add(transfer);

    /// <summary>Marks it as under way; called when it is handed to the communication thread.</summary>
    internal void Reset() => done.Reset();

    /// <summary>Blocks until it is done or has failed.</summary>
    internal void WaitUntilDone() => done.Wait();

    /// <summary>Lets those who wait go on.</summary>
    internal void Finish()
    {
        // After a failure the library may still write to the memory of transfers that are not done.
        isAbandoned |= transfers.Count > 0;
        transfers.Clear();
        done.Set();
    }

    /// <summary>Gives it its tags.</summary>
    internal void Prepare(int tag) => (Tag, hasBegun) = (tag, false);

    /// <summary>Begins it or moves it on, on the communication thread.</summary>
    /// <returns>Whether it is done.</returns>
    internal bool Advance(ITransport transport)
    {
        if (!hasBegun)
        {
            hasBegun = true;
            Begin(transport);
        }

        while (true)
        {
            for (int i = transfers.Count - 1; i >= 0; i--)
            {
                if (transport.IsDone(transfers[i]))
                {
                    transfers.RemoveAt(i);
                }
            }

            if (transfers.Count > 0)
            {
                return false;
            }

            if (!GoOn(transport))
            {
                return true;
            }
        }
    }
}
