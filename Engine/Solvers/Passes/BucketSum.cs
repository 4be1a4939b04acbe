using Cnn.Engine.Distributed;
using Cnn.Layers;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Engine.Solvers.Passes;

/// <summary>
/// Adds the gradients of a bucket over all processes: each rank owns a slice, gets what the others have of it, adds in
/// the order of the tree of passes, and sends the sum to all. So the order of additions depends on the passes alone.
/// </summary>
internal sealed unsafe class BucketSum : GroupOperation
{
    // What is added at a time stays in the first cache.
    private const int Block = 2048;

    private readonly int rank;
    private readonly int size;
    private readonly int count;

    // The sums of passes that each rank has, and the additions: (the piece that is added to, the one that is added).
    private readonly int[] piecesOf;
    private readonly int[] firstPiece;
    private readonly (int Target, int Source)[] additions;
    private readonly float*[] pieces;

    // Where the sums of this process and the total lie, segment by segment.
    private readonly AlignedBuffer? packed;
    private readonly AlignedBuffer? result;
    private readonly AlignedBuffer received;
    private readonly int[] lengths;
    private readonly float*[][] sums;

    // Hold the memory that the pointers are of.
    private readonly Blob[][] blobs;
    private bool isAdded;

    /// <summary>Creates it; it is used once an iteration.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="passes">The passes of an iteration.</param>
    /// <param name="rank">The rank of this process.</param>
    /// <param name="size">The number of processes.</param>
    public BucketSum(GradientBucket bucket, int passes, int rank, int size)
    {
        (this.rank, this.size, count) = (rank, size, bucket.Count);
        lengths = [.. bucket.Segments.Select(s => s.Count)];

        // The ranks in the order of their passes.
        var stack = new PassStack(passes);
        var waiting = new Stack<int>();
        var adds = new List<(int, int)>();
        piecesOf = new int[size];
        firstPiece = new int[size];
        int piece = 0;
        for (int from = size - 1; from >= 0; from--)
        {
            PassNode[] nodes = PassBlock.Of(passes, from, size).Sums();
            (firstPiece[from], piecesOf[from]) = (piece, nodes.Length);
            foreach (PassNode node in nodes)
            {
                for (int merges = stack.Push(node); merges > 0; merges--)
                {
                    adds.Add((piece, waiting.Pop()));
                }

                waiting.Push(piece++);
            }
        }

        additions = [.. adds];
        pieces = new float*[piece];
        Pieces = piecesOf[rank];
        sums = new float*[Pieces][];
        blobs = new Blob[Pieces][];
        for (int i = 0; i < Pieces; i++)
        {
            sums[i] = new float*[lengths.Length];
            blobs[i] = new Blob[lengths.Length];
        }

        bool isInPlace = Pieces == 1 && lengths.Length == 1;
        packed = isInPlace ? null : new AlignedBuffer(checked(Pieces * count));
        result = Pieces == 1 ? packed : new AlignedBuffer(count);
        received = new AlignedBuffer(checked((piece - Pieces) * (End(rank) - Start(rank))));
    }

    /// <summary>How many sums of passes this process has.</summary>
    public int Pieces { get; }

    /// <summary>
    /// Sets where a sum of passes begins in memory. The last sum is in the gradient itself, which receives the total.
    /// </summary>
    /// <param name="piece">The number of the sum among those of this process.</param>
    /// <param name="segment">The segment of the bucket.</param>
    /// <param name="blob">The blob whose gradient is the sum.</param>
    /// <param name="offset">The segment's first value in it.</param>
    public void Set(int piece, int segment, Blob blob, int offset)
    {
        blobs[piece][segment] = blob;
        sums[piece][segment] = blob.DiffPointer + offset;
    }

    /// <inheritdoc/>
    protected override void Begin(ITransport transport)
    {
        isAdded = false;
        Pack();
        float* into = received.Pointer;
        int mine = End(rank) - Start(rank);
        for (int other = 0; other < size; other++)
        {
            if (other == rank)
            {
                continue;
            }

            for (int i = 0; i < piecesOf[other]; i++)
            {
                pieces[firstPiece[other] + i] = into + ((nint)i * mine);
            }

            Await(transport.Receive(other, Tag, into, sizeof(float) * (long)piecesOf[other] * mine));
            into += (nint)piecesOf[other] * mine;
            Await(transport.Send(
                other, Tag, Slice(other), sizeof(float) * (long)Pieces * (End(other) - Start(other))));
        }

        for (int i = 0; i < Pieces; i++)
        {
            pieces[firstPiece[rank] + i] = Slice(rank) + ((nint)i * mine);
        }
    }

    /// <inheritdoc/>
    protected override bool GoOn(ITransport transport)
    {
        if (isAdded)
        {
            Unpack();
            return false;
        }

        isAdded = true;
        Add();
        float* total = Total;
        for (int other = 0; other < size; other++)
        {
            if (other != rank)
            {
                Await(transport.Receive(
                    other, Tag + 1, total + Start(other), sizeof(float) * (long)(End(other) - Start(other))));
                Await(transport.Send(
                    other, Tag + 1, total + Start(rank), sizeof(float) * (long)(End(rank) - Start(rank))));
            }
        }

        return true;
    }

    private float* Total => result is null ? sums[0][0] : result.Pointer;

    // The slices of the ranks, on cache lines of their own.
    private int Start(int of) => (int)Math.Min(count, (((long)count * of / size) + 15) / 16 * 16);

    private int End(int of) => of == size - 1 ? count : Start(of + 1);

    // The sums of this process lie slice by slice, so that what a rank gets is one message.
    private float* Slice(int of) =>
        packed is null ? sums[0][0] + Start(of) : packed.Pointer + ((nint)Pieces * Start(of));

    private void Pack()
    {
        if (packed is null)
        {
            return;
        }

        for (int piece = 0; piece < Pieces; piece++)
        {
            for (int to = 0; to < size; to++)
            {
                int length = End(to) - Start(to);
                var slice = new Span<float>(Slice(to) + ((nint)piece * length), length);
                Copy(sums[piece], Start(to), slice, isOut: true);
            }
        }
    }

    private void Unpack()
    {
        if (result is not null)
        {
            Copy(sums[^1], 0, new Span<float>(result.Pointer, count), isOut: false);
        }
    }

    // Copies values of the bucket, from a place on, out of the segments or into them.
    private void Copy(float*[] segments, int start, Span<float> values, bool isOut)
    {
        int at = 0;
        for (int i = 0; i < segments.Length && !values.IsEmpty; i++)
        {
            int skip = Math.Max(0, start - at), length = Math.Min(lengths[i] - skip, values.Length);
            at += lengths[i];
            if (length <= 0)
            {
                continue;
            }

            var segment = new Span<float>(segments[i] + skip, length);
            if (isOut)
            {
                segment.CopyTo(values);
            }
            else
            {
                values[..length].CopyTo(segment);
            }

            values = values[length..];
        }
    }

    private void Add()
    {
        int length = End(rank) - Start(rank);
        for (int at = 0; at < length; at += Block)
        {
            int some = Math.Min(Block, length - at);
            foreach (var (target, source) in additions)
            {
                SumKernel.AddTo(pieces[target] + at, pieces[source] + at, some);
            }
        }

        float* sum = pieces[^1];
        if (sum != Total + Start(rank))
        {
            new Span<float>(sum, length).CopyTo(new Span<float>(Total + Start(rank), length));
        }
    }
}
