using Cnn.Proto;
using Cnn.Proto.Formats;
using Google.Protobuf.Collections;

namespace Cnn.Layers;

/// <summary>Converts blobs to and from messages; <see cref="StoredShape"/> has the rule for their shapes.</summary>
public static class BlobFormat
{
    /// <summary>Makes the message of a blob: <c>shape</c>, <c>data</c> and, where asked for, <c>diff</c>.</summary>
    public static BlobProto Write(Blob blob, bool withDiff = false)
    {
        var proto = new BlobProto { Shape = StoredShape.Message(blob.Shape) };
        Append(proto.Data, blob.Data);
        if (withDiff)
        {
            Append(proto.Diff, blob.Diff);
        }

        return proto;
    }

    /// <summary>Makes a blob of the shape and values of a message.</summary>
    /// <param name="proto">The message.</param>
    /// <param name="what">What the message is, for errors.</param>
    /// <exception cref="CnnException">The shape is impossible or does not match the number of values.</exception>
    public static Blob ToBlob(BlobProto proto, string what)
    {
        StoredBlob stored = From(proto, what);
        int[] shape = Axes(stored.Shape, what);
        if (stored.Shape.Count != stored.Data.Count)
        {
            throw new CnnException($"{what} has shape {stored.ShapeText} but {stored.Data.Count} values");
        }

        var blob = new Blob(shape);
        Copy(stored, blob);
        return blob;
    }

    /// <summary>
    /// Gives a parameter the shape, the values and, if there is one, the gradient that a definition stores for it. As
    /// in Caffe, the stored shape is kept, whatever its axes, if it has as many values as the layer needs.
    /// </summary>
    /// <param name="proto">What the definition stores.</param>
    /// <param name="blob">The parameter, with the shape that the layer gives it.</param>
    /// <param name="context">The layer's context, for errors.</param>
    /// <param name="index">The parameter's number, for errors.</param>
    /// <exception cref="CnnException">The counts differ, or the number of values does not match the shape.</exception>
    public static void Read(BlobProto proto, Blob blob, LayerContext context, int index)
    {
        try
        {
            string what = $"stored parameter {index}";
            StoredBlob stored = From(proto, what);
            int[] shape = Axes(stored.Shape, what);
            if (stored.Shape.Count != blob.Count)
            {
                throw new CnnException(
                    $"{what} has shape {stored.ShapeText}, the layer's has {blob.ShapeText}",
                    "rename the layer to leave these values out");
            }

            if (stored.Data.Count != blob.Count)
            {
                throw new CnnException($"{what} holds {stored.Data.Count} values, its shape needs {blob.Count}");
            }

            blob.Reshape(shape);
            Copy(stored, blob);
        }
        catch (CnnException exception)
        {
            throw context.Error(exception.Diagnostics[0].Message, exception.Diagnostics[0].Hint);
        }
    }

    private static StoredBlob From(BlobProto proto, string what)
    {
        try
        {
            return StoredBlob.From(proto);
        }
        catch (CnnException exception)
        {
            throw new CnnException($"{what}: {exception.Message}", inner: exception);
        }
    }

    private static int[] Axes(StoredShape shape, string what)
    {
        var axes = new int[shape.Axes.Count];
        for (int i = 0; i < axes.Length; i++)
        {
            axes[i] = shape.Axes[i] is >= 0 and <= int.MaxValue
                ? (int)shape.Axes[i]
                : throw new CnnException($"{what} has an impossible dimension {shape.Axes[i]}");
        }

        return axes.Length <= Blob.MaxAxes
            ? axes
            : throw new CnnException($"{what} has {axes.Length} axes, more than {Blob.MaxAxes}");
    }

    private static void Copy(StoredBlob stored, Blob blob)
    {
        stored.Data.CopyTo(blob.Data);
        if (blob.Count > 0 && stored.Diff is { } diff && diff.Count == blob.Count)
        {
            diff.CopyTo(blob.Diff);
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
