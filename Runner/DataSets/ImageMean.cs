using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Runner.DataSets;

/// <summary>The mean image of a database, as Caffe's <c>compute_image_mean</c> computes and stores it.</summary>
public static class ImageMean
{
    /// <summary>Returns the mean of each channel of a mean image.</summary>
    public static double[] OfChannels(BlobProto mean)
    {
        var means = new double[mean.Channels];
        int plane = mean.Height * mean.Width;
        for (int c = 0; c < means.Length; c++)
        {
            means[c] = mean.Data.Skip(c * plane).Take(plane).Average(v => (double)v);
        }

        return means;
    }

    /// <summary>Writes a mean image, which replaces a file of that name only when it is complete.</summary>
    /// <exception cref="CnnException">The file cannot be written.</exception>
    public static void Save(BlobProto mean, string path) => AtomicFile.Write(path, mean.WriteTo);
}
