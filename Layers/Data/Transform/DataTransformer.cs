using System.Buffers;
using System.Numerics;
using Cnn.Fillers;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// <c>transform_param</c>: padding, distortion, mean, scale, crop and mirror of images on their way into a net. Random
/// draws are a function of the image's index among all images drawn, so a resumed run repeats them. Any number of
/// threads may transform images.
/// </summary>
internal sealed unsafe class DataTransformer
{
    private readonly LayerContext context;
    private readonly TransformationParameter parameter;
    private readonly ulong key;
    private readonly bool randomCrop;
    private readonly Distortion? distortion;
    private readonly int crop;
    private readonly int pad;
    private readonly float scale;
    private readonly AlignedBuffer? mean;
    private readonly ImageShape meanShape;
    private readonly float[] meanValues;

    private ImageShape image;
    private ImageShape prepared;
    private AlignedBuffer? channelMeans;

    /// <summary>Reads the layer's <c>transform_param</c>, and the mean file that it names.</summary>
    /// <exception cref="CnnException">The mean is given twice or its file is wrong.</exception>
    public DataTransformer(LayerContext context)
    {
        this.context = context;
        parameter = context.Parameter.TransformParam ?? new TransformationParameter();
        key = context.Random.Key(context.Parameter.Name, "transform");
        randomCrop = context.Parameter.Phase == Phase.Train;
        scale = parameter.Scale;
        meanValues = [.. parameter.MeanValue];
        if (parameter.CropSize > int.MaxValue)
        {
            throw Error(TransformationParameter.CropSizeFieldNumber, $"crop_size {parameter.CropSize} is too large");
        }

        crop = (int)parameter.CropSize;
        pad = parameter.Pad <= 1 << 14
            ? (int)parameter.Pad
            : throw Error(
                TransformationParameter.PadFieldNumber, $"pad {parameter.Pad} is too large", $"at most {1 << 14}");
        distortion = randomCrop && parameter.Distortion is { } bounds ? new Distortion(context, bounds) : null;
        if (!parameter.HasMeanFile)
        {
            return;
        }

        if (parameter.MeanFile.Length == 0)
        {
            throw Error(
                TransformationParameter.MeanFileFieldNumber, "mean_file names no file", "remove it or name the file");
        }

        if (meanValues.Length > 0)
        {
            throw Error(
                TransformationParameter.MeanValueFieldNumber, "mean_file and mean_value are both given", "give one");
        }

        if (pad > 0)
        {
            throw Error(
                TransformationParameter.PadFieldNumber,
                "pad and mean_file are both given",
                "the mean of what lies outside the image is not known; use mean_value");
        }

        float[] values;
        try
        {
            values = MeanFile.Read(context.Files.Find(parameter.MeanFile), out meanShape);
        }
        catch (CnnException exception)
        {
            Diagnostic first = exception.Diagnostics[0];
            throw Error(TransformationParameter.MeanFileFieldNumber, first.Message, first.Hint);
        }

        mean = new AlignedBuffer(values.Length);
        values.CopyTo(mean.Span);
    }

    /// <summary>Prepares for images of a shape, and returns their shape after the transformation.</summary>
    /// <exception cref="CnnException">The crop or the mean does not fit such images.</exception>
    public ImageShape Prepare(ImageShape shape)
    {
        if (shape != image)
        {
            ImageShape padded = Padded(shape);
            Check(padded);
            if (meanValues.Length > 0 && channelMeans?.Length != shape.Channels)
            {
                channelMeans = new AlignedBuffer(shape.Channels);
                for (int c = 0; c < shape.Channels; c++)
                {
                    channelMeans.Span[c] = meanValues[meanValues.Length == 1 ? 0 : c];
                }
            }

            (image, prepared) = (shape, padded);
        }

        return crop == 0 ? prepared : new ImageShape(prepared.Channels, crop, crop);
    }

    /// <summary>Transforms one image of bytes, of the shape last prepared.</summary>
    /// <param name="pixels">The image, [C, H, W].</param>
    /// <param name="index">Its index among all images drawn since training began.</param>
    /// <param name="target">Receives the image: as many values as the shape that <see cref="Prepare"/> gave.</param>
    public void Transform(ReadOnlySpan<byte> pixels, long index, float* target)
    {
        ImageWindow window = Draw(index, out bool mirror);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, image.Count);
        byte[]? moved = Move(pixels, index);
        fixed (byte* source = moved ?? pixels)
        {
            ImageTransformKernel.Run(source, window, MeanPointer, ChannelMeanPointer, scale, mirror, target);
        }

        Return(moved);
    }

    /// <summary>Transforms one image of floats; see the other overload.</summary>
    public void Transform(ReadOnlySpan<float> pixels, long index, float* target)
    {
        ImageWindow window = Draw(index, out bool mirror);
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, image.Count);
        float[]? moved = Move(pixels, index);
        fixed (float* source = moved ?? pixels)
        {
            ImageTransformKernel.Run(source, window, MeanPointer, ChannelMeanPointer, scale, mirror, target);
        }

        Return(moved);
    }

    // Returns the padded and distorted image in a rented buffer; null where the image does not change.
    private T[]? Move<T>(ReadOnlySpan<T> pixels, long index)
        where T : unmanaged, INumberBase<T>
    {
        if (pad == 0 && distortion is null)
        {
            return null;
        }

        T[] moved = ArrayPool<T>.Shared.Rent(prepared.Count);
        fixed (T* source = pixels, target = moved)
        {
            if (distortion is null)
            {
                ImageBorder.Run(source, image.Channels, image.Height, image.Width, pad, target);
            }
            else
            {
                AffineWarp map = distortion.Draw(key, index, image, prepared);
                map.Run(source, image.Channels, image.Height, image.Width, prepared.Height, prepared.Width, target);
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

    private float* MeanPointer => mean is null ? null : mean.Pointer;

    private float* ChannelMeanPointer => channelMeans is null ? null : channelMeans.Pointer;

    // Draws the numbers of one image: the flip first, then the crop's row and column, each from a word of one block.
    private ImageWindow Draw(long index, out bool mirror)
    {
        var (a, b, c, _) = PhiloxRandom.Block(key, 0, (ulong)index);
        mirror = parameter.Mirror && (a >> 31) != 0;
        if (crop == 0)
        {
            return new ImageWindow(
                prepared.Channels, prepared.Height, prepared.Width, 0, 0, prepared.Height, prepared.Width);
        }

        int rows = prepared.Height - crop, columns = prepared.Width - crop;
        int top = randomCrop ? (int)(((ulong)b * (ulong)(rows + 1)) >> 32) : rows / 2;
        int left = randomCrop ? (int)(((ulong)c * (ulong)(columns + 1)) >> 32) : columns / 2;
        return new ImageWindow(prepared.Channels, prepared.Height, prepared.Width, top, left, crop, crop);
    }

    private ImageShape Padded(ImageShape shape)
    {
        long height = shape.Height + (2L * pad), width = shape.Width + (2L * pad);
        return shape.Channels * height * width <= int.MaxValue / 2
            ? new ImageShape(shape.Channels, (int)height, (int)width)
            : throw Error(TransformationParameter.PadFieldNumber, $"pad {pad} makes images of {shape} too large");
    }

    private void Check(ImageShape shape)
    {
        if (crop > Math.Min(shape.Height, shape.Width))
        {
            throw Error(
                TransformationParameter.CropSizeFieldNumber,
                $"crop_size {crop} is larger than the images, {shape}",
                $"at most {Math.Min(shape.Height, shape.Width)}");
        }

        if (mean is not null && meanShape != shape)
        {
            throw Error(
                TransformationParameter.MeanFileFieldNumber,
                $"the mean in '{parameter.MeanFile}' is {meanShape}, the images are {shape}",
                "compute the mean of this data set, before any crop");
        }

        if (meanValues.Length > 1 && meanValues.Length != shape.Channels)
        {
            throw Error(
                TransformationParameter.MeanValueFieldNumber,
                $"{meanValues.Length} mean values for {shape.Channels} channels",
                "give one for all or one per channel");
        }
    }

    private CnnException Error(int field, string text, string? hint = null) =>
        context.Error(parameter, field, text, hint);
}
