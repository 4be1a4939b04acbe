using Cnn.Proto;
using Google.Protobuf.Collections;

namespace Cnn.Layers;

/// <summary>Blobs to and from their stored form, with Caffe's rules on old and new shapes.</summary>
public static class BlobFormat
{
    /// <summary>The stored form: <c>shape</c>, <c>data</c> and, where asked for, <c>diff</c>.</summary>
    public static BlobProto Write(Blob blob, bool withDiff = false)
    {
        var proto = new BlobProto { Shape = new BlobShape() };
        foreach (int dim in blob.Shape)
        {
            proto.Shape.Dim.Add(dim);
        }

        Append(proto.Data, blob.Data);
        if (withDiff)
        {
            Append(proto.Diff, blob.Diff);
        }

        return proto;
    }

    /// <summary>
    /// Whether a stored shape fits a blob. With any of the old fields num, channels, height and width the blob's shape,
    /// padded on the left with ones to four axes, must equal them; with <c>shape</c> the dimensions must be equal.
    /// </summary>
    public static bool Fits(BlobProto proto, Blob blob)
    {
        if (proto.HasNum || proto.HasChannels || proto.HasHeight || proto.HasWidth)
        {
            ReadOnlySpan<int> legacy = [proto.Num, proto.Channels, proto.Height, proto.Width];
            if (blob.AxisCount > 4)
            {
                return false;
            }

            int missing = 4 - blob.AxisCount;
            for (int i = 0; i < 4; i++)
            {
                if (legacy[i] != (i < missing ? 1 : blob.Dim(i - missing)))
                {
                    return false;
                }
            }

            return true;
        }

        int axes = proto.Shape?.Dim.Count ?? 0;
        if (axes != blob.AxisCount)
        {
            return false;
        }

        for (int i = 0; i < axes; i++)
        {
            if (proto.Shape!.Dim[i] != blob.Dim(i))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The stored shape as text: <c>20 1 5 5</c>.</summary>
    public static string ShapeText(BlobProto proto) =>
        proto.HasNum || proto.HasChannels || proto.HasHeight || proto.HasWidth
            ? $"{proto.Num} {proto.Channels} {proto.Height} {proto.Width}"
            : string.Join(' ', proto.Shape?.Dim ?? []);

    /// <summary>A blob of the stored shape and values.</summary>
    /// <param name="proto">The stored form.</param>
    /// <param name="what">What it is, for errors.</param>
    /// <exception cref="CnnException">The shape is impossible or the number of values is not the shape's.</exception>
    public static Blob ToBlob(BlobProto proto, string what)
    {
        bool legacy = proto.HasNum || proto.HasChannels || proto.HasHeight || proto.HasWidth;
        var shape = new List<int>();
        foreach (long dim in legacy ? [proto.Num, proto.Channels, proto.Height, proto.Width] : proto.Shape?.Dim.ToArray() ?? [])
        {
            shape.Add(dim is >= 0 and <= int.MaxValue
                ? (int)dim
                : throw new CnnException($"{what} has an impossible dimension {dim}"));
        }

        long count = shape.Aggregate(1L, (product, dim) => product > int.MaxValue ? product : product * dim);
        int stored = StoredCount(proto);
        if (count != stored)
        {
            throw new CnnException($"{what} has shape {ShapeText(proto)} but {stored} values");
        }

        var blob = new Blob(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(shape));
        CopyValues(proto, blob);
        return blob;
    }

    /// <summary>Copies stored values (and a gradient, if there is one) into a blob of fitting shape.</summary>
    /// <exception cref="CnnException">The shapes differ or the number of values is not the shape's.</exception>
    public static void Read(BlobProto proto, Blob blob, LayerContext context, int index)
    {
        if (!Fits(proto, blob))
        {
            throw context.Error(
                $"stored parameter {index} has shape {ShapeText(proto)}, the layer's has {blob.ShapeText}",
                "rename the layer to leave these values out");
        }

        int stored = StoredCount(proto);
        if (stored != blob.Count)
        {
            throw context.Error($"stored parameter {index} holds {stored} values, its shape needs {blob.Count}");
        }

        CopyValues(proto, blob);
    }

    private static int StoredCount(BlobProto proto) =>
        proto.DoubleData.Count > 0 ? proto.DoubleData.Count : proto.Data.Count;

    private static void CopyValues(BlobProto proto, Blob blob)
    {
        Copy(proto.DoubleData, proto.Data, blob.Data);
        if (blob.Count > 0 && (proto.DoubleDiff.Count == blob.Count || proto.Diff.Count == blob.Count))
        {
            Copy(proto.DoubleDiff, proto.Diff, blob.Diff);
        }
    }

    private static void Copy(RepeatedField<double> doubles, RepeatedField<float> floats, Span<float> to)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] = doubles.Count > 0 ? (float)doubles[i] : floats[i];
        }
    }

    private static void Append(RepeatedField<float> to, ReadOnlySpan<float> values)
    {
        to.Capacity = values.Length;
        foreach (float value in values)
        {
            to.Add(value);
        }
    }
}
