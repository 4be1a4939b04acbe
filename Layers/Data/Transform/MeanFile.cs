using Cnn.Proto;
using Cnn.Proto.Formats;
using Google.Protobuf;

namespace Cnn.Layers.Data.Transform;

/// <summary>The mean image of a data set, as <c>compute_image_mean</c> stores it.</summary>
internal static class MeanFile
{
    private const long Largest = 1 << 30;

    /// <summary>Reads a mean image.</summary>
    /// <param name="path">A serialized <c>BlobProto</c>.</param>
    /// <param name="shape">Its shape.</param>
    /// <returns>The means, [C, H, W]; of clips [C, L * H, W].</returns>
    /// <exception cref="CnnException">The file cannot be read or is not an image.</exception>
    public static float[] Read(string path, out ImageShape shape)
    {
        StoredBlob mean = FileErrors.Naming(path, () => StoredBlob.From(InCaffesFields(Parse(path))));
        IReadOnlyList<long> dims = mean.Shape.Axes;
        bool isClip = dims.Count == 5 && dims[0] == 1 && dims.Aggregate(1.0, (a, b) => a * b) <= int.MaxValue;
        if ((dims.Count is < 3 or > 4 && !isClip)
            || (dims.Count == 4 && dims[0] != 1)
            || mean.Data.Count == 0
            || mean.Shape.Count != mean.Data.Count)
        {
            throw new CnnException(
                $"the mean file '{path}' has shape {string.Join(" x ", dims)} and {mean.Data.Count} values, "
                + "not those of one image (1 x C x H x W)");
        }

        shape = isClip
            ? new ImageShape((int)dims[1], (int)(dims[2] * dims[3]), (int)dims[4])
            : new ImageShape((int)dims[^3], (int)dims[^2], (int)dims[^1]);
        var values = new float[mean.Data.Count];
        mean.Data.CopyTo(values);
        return values;
    }

    // C3D 1.0 has length, height and width where Caffe has height, width and the values, and these where Caffe has
    // gradients.
    private static BlobProto InCaffesFields(BlobProto mean)
    {
        long frames = (long)mean.Channels * mean.Height * mean.Width;
        if (mean.Data.Count > 0 || mean.Shape is not null || mean.Num != 1 || frames <= 0
            || mean.Diff.Count == 0 || mean.Diff.Count % frames != 0)
        {
            return mean;
        }

        var read = new BlobProto
        {
            Shape = new BlobShape { Dim = { 1, mean.Channels, mean.Height, mean.Width, mean.Diff.Count / frames } },
        };
        read.Data.Add(mean.Diff);
        return read;
    }

    private static BlobProto Parse(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return stream.Length <= Largest
                ? BlobProto.Parser.ParseFrom(stream)
                : throw new CnnException($"the mean file '{path}' has {stream.Length} bytes, more than any mean image");
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new CnnException(
                $"'{path}' is no mean file", "it is a binary BlobProto", exception);
        }
        catch (Exception exception) when (FileErrors.From(path, "read", exception) is { } error)
        {
            throw error;
        }
    }
}
