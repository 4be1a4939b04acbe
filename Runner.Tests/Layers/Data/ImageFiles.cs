using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Layers.Data;

/// <summary>Image files for tests, drawn here.</summary>
internal static class ImageFiles
{
    /// <summary>Returns an image of random pixels.</summary>
    public static PlanarImage Random(int seed, int channels, int height, int width)
    {
        var image = new PlanarImage();
        image.SetSize(channels, height, width);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    /// <summary>Writes an image of random pixels to a file, of the kind that its name says, and returns it.</summary>
    public static PlanarImage Write(string path, int seed, int channels, int height, int width)
    {
        PlanarImage image = Random(seed, channels, height, width);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, ImageEncoder.Encode(image, Path.GetExtension(path)[1..]));
        return image;
    }

    /// <summary>Returns the pixels of an image as a net sees them.</summary>
    public static float[] Floats(PlanarImage image) => Array.ConvertAll(image.Pixels.ToArray(), p => (float)p);
}
