using System.Runtime.InteropServices;

namespace Cnn.Engine.Distributed;

/// <summary>Brings the bytes of each rank to every rank.</summary>
internal sealed unsafe class GatherOperation : GroupOperation
{
    private const int Unit = sizeof(float);

    private readonly int rank;
    private readonly long[] lengths;
    private readonly byte*[] blocks;
    private readonly long[] capacities;
    private readonly long* sizes;
    private bool hasLengths;

    /// <summary>Creates it; it may be used again and again.</summary>
    /// <param name="rank">The rank of this process.</param>
    /// <param name="size">The number of processes.</param>
    public GatherOperation(int rank, int size)
    {
        this.rank = rank;
        lengths = new long[size];
        blocks = new byte*[size];
        capacities = new long[size];
        sizes = (long*)NativeMemory.AllocZeroed((nuint)size, sizeof(long));
    }

    /// <summary>Sets what this rank gives.</summary>
    public void Give(ReadOnlySpan<byte> mine)
    {
        lengths[rank] = mine.Length;
        Reserve(rank);
        mine.CopyTo(new Span<byte>(blocks[rank], mine.Length));
    }

    /// <summary>Returns what a rank gave; valid until the operation is used again.</summary>
    public ReadOnlySpan<byte> Of(int from) => new(blocks[from], (int)lengths[from]);

    /// <inheritdoc/>
    protected override void Release()
    {
        foreach (byte* block in blocks)
        {
            NativeMemory.Free(block);
        }

        NativeMemory.Free(sizes);
    }

    /// <inheritdoc/>
    protected override void Begin(ITransport transport)
    {
        hasLengths = false;
        sizes[rank] = lengths[rank];
        for (int other = 0; other < lengths.Length; other++)
        {
            if (other != rank)
            {
                Await(transport.Receive(other, Tag, sizes + other, sizeof(long)));
                Await(transport.Send(other, Tag, sizes + rank, sizeof(long)));
            }
        }
    }

    /// <inheritdoc/>
    protected override bool GoOn(ITransport transport)
    {
        if (hasLengths)
        {
            return false;
        }

        hasLengths = true;
        for (int other = 0; other < lengths.Length; other++)
        {
            if (other != rank)
            {
                lengths[other] = sizes[other];
                Reserve(other);
                Await(transport.Receive(other, Tag + 1, blocks[other], Padded(other)));
                Await(transport.Send(other, Tag + 1, blocks[rank], Padded(rank)));
            }
        }

        return true;
    }

    private long Padded(int of) => (lengths[of] + Unit - 1) / Unit * Unit;

    private void Reserve(int of)
    {
        if (capacities[of] < Padded(of))
        {
            capacities[of] = Padded(of);
            blocks[of] = (byte*)NativeMemory.Realloc(blocks[of], (nuint)capacities[of]);
        }
    }
}
