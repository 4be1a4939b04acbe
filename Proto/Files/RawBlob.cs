using System.Buffers.Binary;
using Google.Protobuf;
using Google.Protobuf.Collections;
using RawType = Cnn.Proto.BlobProto.Types.RawType;

namespace Cnn.Proto;

/// <summary>
/// Converts values that forks of Caffe store as bytes of another type than float, mostly half precision, to ordinary
/// values.
/// </summary>
internal static class RawBlob
{
    /// <summary>
    /// Returns the blob with its bytes as <c>data</c> and <c>diff</c>, or as <c>double_data</c> and <c>double_diff</c>,
    /// whichever hold them exactly: a copy where there are bytes, else the same object. Ordinary values take precedence
    /// over bytes. Integers, and bytes that are not a whole number of values, are left as they are.
    /// </summary>
    public static BlobProto WithValues(BlobProto blob)
    {
        bool hasData = blob.Data.Count == 0 && blob.DoubleData.Count == 0 && IsReal(blob.RawData, blob.RawDataType);
        bool hasDiff = blob.Diff.Count == 0 && blob.DoubleDiff.Count == 0 && IsReal(blob.RawDiff, blob.RawDiffType);
        if (!hasData && !hasDiff)
        {
            return blob;
        }

        blob = blob.Clone();
        if (hasData)
        {
            Read(blob.RawData, blob.RawDataType, blob.Data, blob.DoubleData);
            blob.ClearRawData();
            blob.ClearRawDataType();
        }

        if (hasDiff)
        {
            Read(blob.RawDiff, blob.RawDiffType, blob.Diff, blob.DoubleDiff);
            blob.ClearRawDiff();
            blob.ClearRawDiffType();
        }

        return blob;
    }

    /// <summary>
    /// Returns the message with the bytes of all blobs within as ordinary values: a copy where there are any, else the
    /// same object.
    /// </summary>
    public static IMessage InMessage(IMessage message)
    {
        switch (message)
        {
            case BlobProto blob:
                return WithValues(blob);
            case NetParameter net when Blobs(net).Any(list => list.Any(HasRaw)):
                net = net.Clone();
                Replace(Blobs(net));
                return net;
            case SolverState state when state.History.Any(HasRaw):
                state = state.Clone();
                Replace([state.History]);
                return state;
            default:
                return message;
        }
    }

    private static IEnumerable<RepeatedField<BlobProto>> Blobs(NetParameter net) =>
        net.Layer.Select(l => l.Blobs)
            .Concat(net.Layers.Select(l => l.Blobs))
            .Concat(net.Layers.Where(l => l.Layer is not null).Select(l => l.Layer.Blobs));

    private static void Replace(IEnumerable<RepeatedField<BlobProto>> lists)
    {
        foreach (RepeatedField<BlobProto> blobs in lists)
        {
            for (int i = 0; i < blobs.Count; i++)
            {
                blobs[i] = WithValues(blobs[i]);
            }
        }
    }

    private static bool HasRaw(BlobProto blob) => blob.HasRawData || blob.HasRawDiff;

    private static bool IsReal(ByteString bytes, RawType type) =>
        bytes.Length > 0 && SizeOf(type) is var size && size > 0 && bytes.Length % size == 0;

    private static int SizeOf(RawType type) => type switch
    {
        RawType.Double => sizeof(double),
        RawType.Float => sizeof(float),
        RawType.Float16 => sizeof(ushort),
        _ => 0,
    };

    private static void Read(ByteString from, RawType type, RepeatedField<float> floats, RepeatedField<double> doubles)
    {
        ReadOnlySpan<byte> bytes = from.Span;
        for (int size = SizeOf(type); !bytes.IsEmpty; bytes = bytes[size..])
        {
            switch (type)
            {
                case RawType.Double:
                    doubles.Add(BinaryPrimitives.ReadDoubleLittleEndian(bytes));
                    break;
                case RawType.Float:
                    floats.Add(BinaryPrimitives.ReadSingleLittleEndian(bytes));
                    break;
                default:
                    floats.Add((float)BinaryPrimitives.ReadHalfLittleEndian(bytes));
                    break;
            }
        }
    }
}
