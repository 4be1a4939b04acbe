using System.Numerics;
using System.Runtime.InteropServices;
using Cnn.Proto;

namespace Cnn.Runner.DataSets;

/// <summary>
/// The sum of images of one size, value by value. Sums of bytes are exact; sums of floats are doubles, added in the
/// order of the calls.
/// </summary>
/// <param name="channels">The channels of each image.</param>
/// <param name="height">The rows.</param>
/// <param name="width">The columns.</param>
internal sealed class ImageSums(int channels, int height, int width)
{
    // As many images of 255s as a sum of 32 bits can hold.
    private const int MostPending = 1 << 24;

    // Each is made when it is needed, since images may be large.
    private uint[]? pending;
    private double[]? totals;
    private int pendingCount;

    /// <summary>The number of images added.</summary>
    public long Count { get; private set; }

    private double[] Totals => totals ??= new double[channels * height * width];

    /// <summary>Adds an image of bytes, [C, H, W].</summary>
    public void Add(ReadOnlySpan<byte> image)
    {
        pending ??= new uint[channels * height * width];
        Span<uint> sums = pending.AsSpan(0, image.Length);
        int whole = image.Length - (image.Length % Vector<byte>.Count);
        var vectors = MemoryMarshal.Cast<byte, Vector<byte>>(image[..whole]);
        var vectorSums = MemoryMarshal.Cast<uint, Vector<uint>>(sums[..whole]);
        for (int i = 0; i < vectors.Length; i++)
        {
            Vector.Widen(vectors[i], out Vector<ushort> low, out Vector<ushort> high);
            Vector.Widen(low, out Vector<uint> first, out Vector<uint> second);
            Vector.Widen(high, out Vector<uint> third, out Vector<uint> fourth);
            Span<Vector<uint>> to = vectorSums.Slice(4 * i, 4);
            to[0] += first;
            to[1] += second;
            to[2] += third;
            to[3] += fourth;
        }

        for (int i = whole; i < image.Length; i++)
        {
            sums[i] += image[i];
        }

        Count++;
        if (++pendingCount == MostPending)
        {
            Fold();
        }
    }

    /// <summary>Adds an image of floats, [C, H, W].</summary>
    public void Add(ReadOnlySpan<float> image)
    {
        double[] sums = Totals;
        for (int i = 0; i < image.Length; i++)
        {
            sums[i] += image[i];
        }

        Count++;
    }

    /// <summary>Adds the sums of other images.</summary>
    public void Add(ImageSums other)
    {
        AddPending(other.pending);
        double[] sums = Totals, others = other.totals ?? [];
        for (int i = 0; i < others.Length; i++)
        {
            sums[i] += others[i];
        }

        Count += other.Count;
    }

    /// <summary>Forgets all images.</summary>
    public void Clear()
    {
        pending.AsSpan().Clear();
        totals.AsSpan().Clear();
        (Count, pendingCount) = (0, 0);
    }

    /// <summary>
    /// Returns the mean image in the shape that Caffe's <c>compute_image_mean</c> gives it: 1, C, H, W.
    /// </summary>
    public BlobProto Mean()
    {
        Fold();
        var mean = new BlobProto { Num = 1, Channels = channels, Height = height, Width = width };
        mean.Data.Capacity = Totals.Length;
        foreach (double total in Totals)
        {
            mean.Data.Add((float)(total / Count));
        }

        return mean;
    }

    private void Fold()
    {
        AddPending(pending);
        pending.AsSpan().Clear();
        pendingCount = 0;
    }

    private void AddPending(uint[]? sums)
    {
        double[] to = Totals;
        for (int i = 0; i < sums?.Length; i++)
        {
            to[i] += sums[i];
        }
    }
}
