using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data;

/// <summary>One thread's reader of image files, which keeps its buffers.</summary>
internal sealed class ImageReader : IDisposable
{
    private readonly ImageDecoder decoder = new();
    private readonly PlanarImage decoded = new();
    private readonly PlanarImage resized = new();
    private byte[] file = [];

    /// <summary>Returns the shape that an image has when it is decoded, from the header of its file.</summary>
    /// <exception cref="CnnException">It is no image file, or a damaged one.</exception>
    public static ImageShape ShapeOf(ReadOnlySpan<byte> file, ImageColor color)
    {
        if (ImageDecoder.TryReadSize(file, color, out int channels, out int height, out int width))
        {
            return new ImageShape(channels, height, width);
        }

        // The decoder says what is wrong.
        using var decoder = new ImageDecoder();
        var image = new PlanarImage();
        decoder.Decode(file, color, image);
        return new ImageShape(image.Channels, image.Height, image.Width);
    }

    /// <summary>Decodes an image file from memory; the result is valid until the reader is used again.</summary>
    /// <exception cref="CnnException">It is no image file, or a damaged one.</exception>
    public PlanarImage Decode(ReadOnlySpan<byte> content, ImageColor color)
    {
        decoder.Decode(content, color, decoded);
        return decoded;
    }

    /// <summary>Resizes a part of an image bilinearly; the result is valid until the reader is used again.</summary>
    public PlanarImage Resize(PlanarImage image, int height, int width)
    {
        ImageResizer.Resize(image, height, width, resized);
        return resized;
    }

    /// <summary>Reads a whole file; the result is valid until the reader reads another.</summary>
    /// <exception cref="CnnException">It cannot be read.</exception>
    public ReadOnlySpan<byte> ReadFile(string path)
    {
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            if (stream.Length > Array.MaxLength)
            {
                throw new CnnException($"the file has {stream.Length} bytes, more than any image");
            }

            if (file.Length < stream.Length)
            {
                file = GC.AllocateUninitializedArray<byte>((int)stream.Length);
            }

            int length = stream.ReadAtLeast(file.AsSpan(0, (int)stream.Length), (int)stream.Length, false);
            return file.AsSpan(0, length);
        }
        catch (Exception exception) when (FileErrors.From(path, "read", exception) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Frees what the decoder holds.</summary>
    public void Dispose() => decoder.Dispose();
}
