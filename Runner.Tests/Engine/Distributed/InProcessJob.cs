using System.Runtime.ExceptionServices;
using Cnn.Engine.Distributed;

namespace Cnn.Tests.Engine.Distributed;

/// <summary>Runs the ranks of a job as threads of this process, which exchange their messages in memory.</summary>
internal sealed class InProcessJob
{
    private readonly Dictionary<(int From, int To, int Tag), Queue<Message>> sent = [];
    private readonly int size;
    private int? aborted;

    private InProcessJob(int size) => this.size = size;

    /// <summary>The exit code that a rank has ended the job with; null while none has.</summary>
    public int? Aborted => aborted;

    /// <summary>Runs every rank to its end and returns what each returned. Throws the first rank's error.</summary>
    public static T[] Run<T>(int size, Func<ProcessGroup, T> body)
    {
        var job = new InProcessJob(size);
        var results = new T[size];
        var faults = new ExceptionDispatchInfo?[size];
        Thread[] threads = [.. Enumerable.Range(0, size).Select(rank => new Thread(() => Run(rank)))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Array.Find(faults, f => f is { SourceException.InnerException: not OperationCanceledException })?.Throw();
        return results;

        void Run(int rank)
        {
            try
            {
                var group = new ProcessGroup(() => new Transport(job, rank));
                try
                {
                    results[rank] = body(group);
                }
                catch (Exception exception)
                {
                    faults[rank] = ExceptionDispatchInfo.Capture(exception);
                    if (!ReferenceEquals(exception, group.CommonFailure))
                    {
                        group.Abort(1);
                    }
                }
                finally
                {
                    group.Dispose();
                }
            }
            catch (Exception exception)
            {
                faults[rank] ??= ExceptionDispatchInfo.Capture(exception);
            }
        }
    }

    // The sender's memory is read when the receiver takes the message, as a network may do it: what changes meanwhile
    // arrives changed.
    private sealed class Message
    {
        public required nint Data { get; init; }

        public required long Bytes { get; init; }

        public bool IsTaken { get; set; }
    }

    private sealed unsafe class Transport(InProcessJob job, int rank) : ITransport
    {
        private readonly Dictionary<int, Message> sending = [];
        private readonly Dictionary<int, (int From, int Tag, nint Data, long Bytes)> receiving = [];
        private int next;

        public string Name => "threads";

        public int Rank => rank;

        public int Size => job.size;

        public int Send(int to, int tag, void* data, long bytes)
        {
            var message = new Message { Data = (nint)data, Bytes = bytes };
            lock (job.sent)
            {
                if (!job.sent.TryGetValue((rank, to, tag), out Queue<Message>? queue))
                {
                    job.sent[(rank, to, tag)] = queue = new Queue<Message>();
                }

                queue.Enqueue(message);
            }

            sending[next] = message;
            return next++;
        }

        public int Receive(int from, int tag, void* data, long bytes)
        {
            receiving[next] = (from, tag, (nint)data, bytes);
            return next++;
        }

        public bool IsDone(int transfer)
        {
            lock (job.sent)
            {
                if (job.aborted is { } code)
                {
                    throw new OperationCanceledException($"the job was ended with code {code}");
                }

                return sending.TryGetValue(transfer, out Message? message)
                    ? message.IsTaken && sending.Remove(transfer)
                    : TryTake(transfer);
            }
        }

        public void Abort(int exitCode)
        {
            lock (job.sent)
            {
                job.aborted ??= exitCode;
            }
        }

        public void Dispose()
        {
        }

        private bool TryTake(int transfer)
        {
            var wanted = receiving[transfer];
            if (!job.sent.TryGetValue((wanted.From, rank, wanted.Tag), out Queue<Message>? queue)
                || !queue.TryDequeue(out Message? message))
            {
                return false;
            }

            Assert.Equal(wanted.Bytes, message.Bytes);
            Buffer.MemoryCopy((void*)message.Data, (void*)wanted.Data, wanted.Bytes, message.Bytes);
            message.IsTaken = true;
            return receiving.Remove(transfer);
        }
    }
}
