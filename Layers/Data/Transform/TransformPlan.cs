using System.Buffers;
using System.Numerics;
using Cnn.Fillers;
using Cnn.Layers.Kernels.ImageTransform;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// What <c>transform_param</c> does to images of one shape. Random draws are a function of the image's index among all
/// images drawn, so a resumed run repeats them. A plan never changes: any number of threads may follow it.
/// </summary>
internal sealed unsafe class TransformPlan
{
    /// <summary>The shape of the images.</summary>
    public required ImageShape Image { get; init; }

    /// <summary>Their shape after the transformation.</summary>
    public ImageShape Output => Crop == 0 ? Padded : new ImageShape(Padded.Channels, Crop, Crop);

    /// <summary>Key of the layer's random stream.</summary>
    public required ulong Key { get; init; }

    /// <summary>The shape of the images with their padding.</summary>
    public required ImageShape Padded { get; init; }

    /// <summary>The border's width.</summary>
    public required int Pad { get; init; }

    /// <summary>Side of the square cut out; 0 for the whole image.</summary>
    public required int Crop { get; init; }

    /// <summary>Whether the crop may be anywhere, or is the centre.</summary>
    public required bool RandomCrop { get; init; }

    /// <summary>Whether half of the images are flipped.</summary>
    public required bool Mirror { get; init; }

    /// <summary>Factor of the pixels.</summary>
    public required float Scale { get; init; }

    /// <summary>The planar distortions; null for none.</summary>
    public required Distortion? Distortion { get; init; }

    /// <summary>The mean image, of the shape <see cref="Padded"/>; null for none.</summary>
    public required AlignedBuffer? Mean { get; init; }

    /// <summary>The mean of each channel; null for none.</summary>
    public required AlignedBuffer? ChannelMean { get; init; }

    /// <summary>Transforms one image of bytes.</summary>
    /// <param name="pixels">The image, [C, H, W].</param>
    /// <param name="index">Its index among all images drawn since training began.</param>
    /// <param name="target">Receives the image: as many values as <see cref="Output"/> has.</param>
    public void Transform(ReadOnlySpan<byte> pixels, long index, float* target)
    {
        ImageWindow window = Draw(index, out bool mirror);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, Image.Count);
        byte[]? moved = Move(pixels, index);
        fixed (byte* source = moved ?? pixels)
        {
            ImageTransformKernel.Run(source, window, MeanPointer, ChannelMeanPointer, Scale, mirror, target);
        }

        Return(moved);
        GC.KeepAlive(this);
    }

    /// <summary>Transforms one image of floats; see the other overload.</summary>
    public void Transform(ReadOnlySpan<float> pixels, long index, float* target)
    {
        ImageWindow window = Draw(index, out bool mirror);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, Image.Count);
        float[]? moved = Move(pixels, index);
        fixed (float* source = moved ?? pixels)
        {
            ImageTransformKernel.Run(source, window, MeanPointer, ChannelMeanPointer, Scale, mirror, target);
        }

        Return(moved);
        GC.KeepAlive(this);
    }

    // Returns the padded and distorted image in a rented buffer; null where the image does not change.
    private T[]? Move<T>(ReadOnlySpan<T> pixels, long index)
        where T : unmanaged, INumberBase<T>
    {
        if (Pad == 0 && Distortion is null)
        {
            return null;
        }

        T[] moved = ArrayPool<T>.Shared.Rent(Padded.Count);
        fixed (T* source = pixels, target = moved)
        {
            if (Distortion is null)
            {
                ImageBorder.Run(source, Image.Channels, Image.Height, Image.Width, Pad, target);
            }
            else
            {
                AffineWarp map = Distortion.Draw(Key, index, Image, Padded);
                map.Run(source, Image.Channels, Image.Height, Image.Width, Padded.Height, Padded.Width, target);
            }
        }

        return moved;
    }

    private static void Return<T>(T[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<T>.Shared.Return(buffer);
        }
    }

    private float* MeanPointer => Mean is null ? null : Mean.Pointer;

    private float* ChannelMeanPointer => ChannelMean is null ? null : ChannelMean.Pointer;

    // Draws the numbers of one image: the flip first, then the crop's row and column, each from a word of one block.
    private ImageWindow Draw(long index, out bool mirror)
    {
        var (a, b, c, _) = PhiloxRandom.Block(Key, 0, (ulong)index);
        mirror = Mirror && (a >> 31) != 0;
        if (Crop == 0)
        {
            return new ImageWindow(Padded.Channels, Padded.Height, Padded.Width, 0, 0, Padded.Height, Padded.Width);
        }

        int rows = Padded.Height - Crop, columns = Padded.Width - Crop;
        int top = RandomCrop ? (int)(((ulong)b * (ulong)(rows + 1)) >> 32) : rows / 2;
        int left = RandomCrop ? (int)(((ulong)c * (ulong)(columns + 1)) >> 32) : columns / 2;
        return new ImageWindow(Padded.Channels, Padded.Height, Padded.Width, top, left, Crop, Crop);
    }
}
