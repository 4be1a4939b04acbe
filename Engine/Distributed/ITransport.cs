namespace Cnn.Engine.Distributed;

/// <summary>
/// Carries bytes between the processes of a job, the ranks 0 to <see cref="Size"/> - 1. One thread calls it, the one
/// that made it.
/// </summary>
internal unsafe interface ITransport : IDisposable
{
    /// <summary>What carries the bytes and its version, such as "Open MPI 4.1.4".</summary>
    string Name { get; }

    /// <summary>The rank of this process.</summary>
    int Rank { get; }

    /// <summary>The number of processes.</summary>
    int Size { get; }

    /// <summary>
    /// Starts to send bytes. The memory must stay as it is until the transfer is done. Messages of one tag arrive in
    /// the order in which they were sent.
    /// </summary>
    /// <param name="to">The rank that receives them; not this one.</param>
    /// <param name="tag">What they are, from 0 to 32767: the receiver gives the same.</param>
    /// <param name="data">The bytes.</param>
    /// <param name="bytes">How many; a multiple of 4, and 0 is allowed.</param>
    /// <returns>The transfer, for <see cref="IsDone"/>.</returns>
    int Send(int to, int tag, void* data, long bytes);

    /// <summary>Starts to receive bytes, as many as are sent; see <see cref="Send"/>.</summary>
    int Receive(int from, int tag, void* data, long bytes);

    /// <summary>
    /// Returns whether a transfer is done, and moves all of them on. One that is done is forgotten: its number may come
    /// again.
    /// </summary>
    bool IsDone(int transfer);

    /// <summary>Ends all processes of the job, this one too, with an exit code. It may not return.</summary>
    void Abort(int exitCode);
}
