using Cnn.Layers.Data.Boxes;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data.Transform;

/// <summary>One thread's buffers for images of bytes that change their size on the way.</summary>
internal sealed class ImageScratch : IDisposable
{
    private PlanarImage current = new();
    private PlanarImage other = new();
    private ImageDecoder? decoder;

    /// <summary>The image as it is now.</summary>
    public PlanarImage Image => current;

    /// <summary>Its shape.</summary>
    public ImageShape Shape => new(current.Channels, current.Height, current.Width);

    /// <summary>Starts with a copy of an image.</summary>
    public void Set(ImageShape shape, ReadOnlySpan<byte> pixels)
    {
        current.SetSize(shape.Channels, shape.Height, shape.Width);
        pixels.CopyTo(current.Pixels);
    }

    /// <summary>Starts with an image whose pixels are not defined.</summary>
    public void SetSize(int channels, int height, int width) => current.SetSize(channels, height, width);

    /// <summary>Flips the image left to right.</summary>
    public void Mirror()
    {
        Span<byte> pixels = current.Pixels;
        for (int row = 0; row < pixels.Length; row += current.Width)
        {
            pixels.Slice(row, current.Width).Reverse();
        }
    }

    /// <summary>Returns an image of the size given to write to; <see cref="Swap"/> makes it the current one.</summary>
    /// <exception cref="CnnException">No image can be so large.</exception>
    public PlanarImage Next(int height, int width)
    {
        RequireSize(height, width);
        other.SetSize(current.Channels, height, width);
        return other;
    }

    /// <summary>Resizes the image.</summary>
    /// <exception cref="CnnException">No image can be so large.</exception>
    public void Resize(int height, int width, ImageInterpolation interpolation)
    {
        RequireSize(height, width);
        ImageResizer.Resize(current, height, width, other, interpolation);
        Swap();
    }

    /// <summary>
    /// Cuts a window out of the image. Of its pixels, the first ones and the numbers of them are rounded down.
    /// </summary>
    /// <param name="window">The window, inside the image.</param>
    public void Cut(Box window)
    {
        ImageShape shape = Shape;
        int top = Math.Min((int)(window.YMin * shape.Height), shape.Height - 1);
        int left = Math.Min((int)(window.XMin * shape.Width), shape.Width - 1);
        int height = (int)((window.YMax * shape.Height) - (window.YMin * shape.Height));
        int width = (int)((window.XMax * shape.Width) - (window.XMin * shape.Width));
        Cut(top, left, Math.Clamp(height, 1, shape.Height - top), Math.Clamp(width, 1, shape.Width - left));
    }

    /// <summary>Cuts a window out of the image.</summary>
    public void Cut(int top, int left, int height, int width)
    {
        PlanarImage cut = Next(height, width);
        for (int c = 0; c < current.Channels; c++)
        {
            ReadOnlySpan<byte> rows = current.Plane(c)[((top * current.Width) + left)..];
            for (int y = 0; y < height; y++)
            {
                rows.Slice(y * current.Width, width).CopyTo(cut.Plane(c)[(y * width)..]);
            }
        }

        Swap();
    }

    /// <summary>Puts the image into a larger one that <see cref="Next"/> returned.</summary>
    public void Place(PlanarImage larger, int top, int left)
    {
        for (int c = 0; c < current.Channels; c++)
        {
            BytePadding.Place(current.Plane(c), current.Width, larger.Plane(c), larger.Width, top, left);
        }

        Swap();
    }

    /// <summary>Takes the image that <see cref="Next"/> returned.</summary>
    public void Swap() => (current, other) = (other, current);

    /// <summary>Compresses the image as JPEG and decodes it; the one step that allocates.</summary>
    public void Compress(int quality)
    {
        byte[] file = ImageEncoder.EncodeJpeg(current, quality);
        decoder ??= new ImageDecoder();
        decoder.Decode(file, current.Channels == 1 ? ImageColor.Grey : ImageColor.Colour, other);
        Swap();
    }

    /// <inheritdoc/>
    public void Dispose() => decoder?.Dispose();

    private void RequireSize(int height, int width)
    {
        if ((long)current.Channels * height * width > Array.MaxLength)
        {
            throw new CnnException(
                $"it would become {height} x {width} pixels, which are too many", "smaller sizes or factors would do");
        }
    }
}
