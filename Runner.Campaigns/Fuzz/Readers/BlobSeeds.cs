using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Campaigns.Fuzz.Readers;

/// <summary>Arrays as messages, in each way that Caffe and its forks store them.</summary>
internal static class BlobSeeds
{
    /// <summary>Arrays that are images.</summary>
    public static IEnumerable<BlobProto> Means()
    {
        yield return new BlobProto { Num = 1, Channels = 1, Height = 2, Width = 3, Data = { 1, 2, 3, 4, 5, 6 } };
        yield return new BlobProto { Shape = Shape(2, 1, 2), Data = { 1, 2, 3, 4 } };
        yield return new BlobProto { Shape = Shape(1, 1, 2, 1, 2), Data = { 1, 2, 3, 4 } };
        yield return new BlobProto { Num = 1, Channels = 1, Height = 2, Width = 1, Diff = { 1, 2, 3, 4 } };
        yield return new BlobProto { Shape = Shape(1, 1, 1, 2), DoubleData = { 1, 2 }, DoubleDiff = { 3, 4 } };
        yield return Raw(BlobProto.Types.RawType.Float16, 2);
    }

    /// <summary>Nets of one layer with arrays of each kind.</summary>
    public static IEnumerable<NetParameter> Nets()
    {
        var layer = new LayerParameter { Name = "conv", Type = "Convolution" };
        layer.Blobs.AddRange(Means());
        layer.Blobs.AddRange(
        [
            Raw(BlobProto.Types.RawType.Double, 8), Raw(BlobProto.Types.RawType.Float, 4),
                Raw(BlobProto.Types.RawType.Int, 4),
            Raw(BlobProto.Types.RawType.Uint, 4), Raw(BlobProto.Types.RawType.Bool, 1),
        ]);
        yield return new NetParameter { Name = "arrays", Layer = { layer } };
    }

    private static BlobProto Raw(BlobProto.Types.RawType type, int size) => new()
    {
        Shape = Shape(1, 1, 2),
        RawDataType = type,
        RawDiffType = type,
        RawData = ByteString.CopyFrom(new byte[2 * size]),
        RawDiff = ByteString.CopyFrom(new byte[2 * size]),
    };

    private static BlobShape Shape(params long[] axes) => new() { Dim = { axes } };
}
