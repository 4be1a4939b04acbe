using System.Buffers;
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
    public ImageShape Output =>
        ResizedCrop is not null ? new ImageShape(Image.Channels, ResizedCrop.Height, ResizedCrop.Width)
        : CropHeight > 0 ? new ImageShape(Image.Channels, CropHeight, CropWidth)
        : Padded;

    /// <summary>Key of the layer's random stream.</summary>
    public required ulong Key { get; init; }

    /// <summary>The shape of the images with their padding.</summary>
    public required ImageShape Padded { get; init; }

    /// <summary>The border's width.</summary>
    public required int Pad { get; init; }

    /// <summary>The border's value.</summary>
    public required float Fill { get; init; }

    /// <summary>The planar distortions; null for none.</summary>
    public required Distortion? Distortion { get; init; }

    /// <summary>The window cut out and resized; null for none.</summary>
    public required ResizedCrop? ResizedCrop { get; init; }

    /// <summary>Rows cut out; 0 for the whole image.</summary>
    public required int CropHeight { get; init; }

    /// <summary>Columns cut out; 0 for the whole image.</summary>
    public required int CropWidth { get; init; }

    /// <summary>Whether the crop may be anywhere, or is the centre.</summary>
    public required bool RandomCrop { get; init; }

    /// <summary>Whether half of the images are flipped.</summary>
    public required bool Mirror { get; init; }

    /// <summary>The changes of colours; null for none.</summary>
    public required ColorJitter? ColorJitter { get; init; }

    /// <summary>The mean image, of the shape <see cref="Padded"/>; null for none.</summary>
    public required AlignedBuffer? Mean { get; init; }

    /// <summary>The mean of each channel; null for none.</summary>
    public required AlignedBuffer? ChannelMean { get; init; }

    /// <summary>Factor of the pixels.</summary>
    public required float Scale { get; init; }

    /// <summary>The squares covered; null for none.</summary>
    public required Cutout? Cutout { get; init; }

    /// <summary>Transforms one image of bytes.</summary>
    /// <param name="pixels">The image, [C, H, W].</param>
    /// <param name="index">Its index among all images drawn since training began.</param>
    /// <param name="target">Receives the image: as many values as <see cref="Output"/> has.</param>
    public void Transform(ReadOnlySpan<byte> pixels, long index, float* target) => Run(pixels, index, target);

    /// <summary>Transforms one image of floats; see the other overload.</summary>
    public void Transform(ReadOnlySpan<float> pixels, long index, float* target) => Run(pixels, index, target);

    /// <summary>Returns what is cut out of an image, and whether it is flipped.</summary>
    /// <param name="index">The image's index among all images drawn since training began.</param>
    /// <param name="mirror">Whether it is flipped left to right.</param>
    public ImageWindow Window(long index, out bool mirror) => Window(new ImageRandom(Key, index), out mirror);

    private void Run<T>(ReadOnlySpan<T> pixels, long index, float* target)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, Image.Count);
        var random = new ImageRandom(Key, index);
        ImageWindow window = Window(random, out bool mirror);
        T[]? moved = Move(pixels, random);
        fixed (T* source = moved ?? pixels)
        {
            float[]? changed = Change(source, window, random);
            if (changed is null)
            {
                Normalize(source, window, mirror, target);
            }
            else
            {
                fixed (float* values = changed)
                {
                    Normalize(values, window, mirror, target);
                }
            }

            Return(changed);
        }

        Return(moved);
        Cutout?.Run(random, target, Output);
        GC.KeepAlive(this);
    }

    // Chooses what is cut out and whether it is flipped: the flip first, then the crop's row and column, each from a
    // word of one block.
    private ImageWindow Window(ImageRandom random, out bool mirror)
    {
        var (a, b, c, _) = random.Block(ImageRandom.Crop);
        mirror = Mirror && (a >> 31) != 0;
        if (CropHeight == 0)
        {
            ImageShape whole = Output;
            return new ImageWindow(whole.Channels, whole.Height, whole.Width, 0, 0, whole.Height, whole.Width);
        }

        int rows = Padded.Height - CropHeight, columns = Padded.Width - CropWidth;
        int top = RandomCrop ? ImageRandom.Below(b, rows + 1) : rows / 2;
        int left = RandomCrop ? ImageRandom.Below(c, columns + 1) : columns / 2;
        return new ImageWindow(Padded.Channels, Padded.Height, Padded.Width, top, left, CropHeight, CropWidth);
    }

    // Returns the padded and distorted image in a rented buffer; null where the image does not change.
    private T[]? Move<T>(ReadOnlySpan<T> pixels, ImageRandom random)
        where T : unmanaged
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
                T fill = PixelRow.FromFloat<T>(Fill);
                ImageBorder.Run(source, Image.Channels, Image.Height, Image.Width, Pad, target, fill);
            }
            else
            {
                Distortion.Run(random, source, Image, Padded, target);
            }
        }

        return moved;
    }

    // Returns the resized and recoloured image in a rented buffer, laid out as the window says; null where neither is
    // asked for.
    private float[]? Change<T>(T* source, in ImageWindow window, ImageRandom random)
        where T : unmanaged
    {
        if (ResizedCrop is null && ColorJitter is null)
        {
            return null;
        }

        bool isBytes = typeof(T) == typeof(byte);
        float[] changed = ArrayPool<float>.Shared.Rent(window.Channels * window.Height * window.Width);
        fixed (float* target = changed)
        {
            if (ResizedCrop is null)
            {
                ColorJitter!.Run(random, source, window, isBytes, target);
            }
            else
            {
                ResizedCrop.Run(random, source, Padded, target);
                ColorJitter?.Run(random, target, window, isBytes, target);
            }
        }

        return changed;
    }

    private void Normalize<T>(T* source, in ImageWindow window, bool mirror, float* target)
        where T : unmanaged
    {
        float* mean = Mean is null ? null : Mean.Pointer;
        float* channelMean = ChannelMean is null ? null : ChannelMean.Pointer;
        if (typeof(T) == typeof(byte))
        {
            ImageTransformKernel.Run((byte*)source, window, mean, channelMean, Scale, mirror, target);
        }
        else
        {
            ImageTransformKernel.Run((float*)source, window, mean, channelMean, Scale, mirror, target);
        }
    }

    private static void Return<T>(T[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<T>.Shared.Return(buffer);
        }
    }
}
