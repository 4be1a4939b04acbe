using System.Buffers;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// A window of an image, resized to a fixed size. In training it has a random area, aspect and place (Szegedy et al.,
/// "Going deeper with convolutions", 2014, section 6); ten windows are drawn, as torchvision does, before the largest
/// one in the centre whose aspect is allowed is taken. In testing it is the centre, as if the image were resized until
/// its shorter side is the size divided by 0.875, and cropped.
/// </summary>
internal sealed unsafe class ResizedCrop
{
    private const int Tries = 10;
    private const double TestShare = 0.875;
    private const int LargestSide = 1 << 14;

    private readonly RandomResizedCropParameter parameter;
    private readonly bool isRandom;
    private readonly double logLeast;
    private readonly double logMost;

    /// <summary>Checks the definition.</summary>
    /// <param name="context">The layer.</param>
    /// <param name="parameter">The definition.</param>
    /// <param name="isRandom">Whether windows are random.</param>
    /// <exception cref="CnnException">The size is missing or given twice, or a number is out of range.</exception>
    public ResizedCrop(LayerContext context, RandomResizedCropParameter parameter, bool isRandom)
    {
        (this.parameter, this.isRandom) = (parameter, isRandom);
        if (!parameter.HasSize && !(parameter.HasHeight && parameter.HasWidth))
        {
            throw context.Error(
                parameter, 0, "random_resized_crop gives no size", "give size, or height and width");
        }

        if (parameter.HasSize && (parameter.HasHeight || parameter.HasWidth))
        {
            throw context.Error(
                parameter,
                parameter.HasHeight
                    ? RandomResizedCropParameter.HeightFieldNumber
                    : RandomResizedCropParameter.WidthFieldNumber,
                "size is given together with height or width in random_resized_crop",
                "give size, or height and width");
        }

        if (parameter.HasSize)
        {
            Check(RandomResizedCropParameter.SizeFieldNumber, parameter.Size, 1, LargestSide);
        }
        else
        {
            Check(RandomResizedCropParameter.HeightFieldNumber, parameter.Height, 1, LargestSide);
            Check(RandomResizedCropParameter.WidthFieldNumber, parameter.Width, 1, LargestSide);
        }

        // The least area keeps tiny numbers out, of which no window would come.
        Check(RandomResizedCropParameter.MaxAreaFieldNumber, parameter.MaxArea, 0.0001f, 1);
        Check(RandomResizedCropParameter.MinAreaFieldNumber, parameter.MinArea, 0.0001f, parameter.MaxArea);
        Check(RandomResizedCropParameter.MaxAspectFieldNumber, parameter.MaxAspect, 0.01f, 100);
        Check(RandomResizedCropParameter.MinAspectFieldNumber, parameter.MinAspect, 0.01f, parameter.MaxAspect);
        (logLeast, logMost) = (Math.Log(parameter.MinAspect), Math.Log(parameter.MaxAspect));

        void Check(int field, double value, double least, double largest) =>
            FieldRange.Require(context, parameter, field, value, least, largest);
    }

    /// <summary>The rows that come out.</summary>
    public int Height => (int)(parameter.HasSize ? parameter.Size : parameter.Height);

    /// <summary>The columns that come out.</summary>
    public int Width => (int)(parameter.HasSize ? parameter.Size : parameter.Width);

    /// <summary>Cuts and resizes the window of one image.</summary>
    /// <param name="random">The image's random numbers.</param>
    /// <param name="source">The image, of bytes or floats.</param>
    /// <param name="shape">Its shape.</param>
    /// <param name="target">Receives the resized window, [C, <see cref="Height"/>, <see cref="Width"/>].</param>
    public void Run<T>(ImageRandom random, T* source, ImageShape shape, float* target)
        where T : unmanaged
    {
        var (rows, columns) = isRandom ? Draw(random, shape) : Centre(shape);
        float[] scratch = ArrayPool<float>.Shared.Rent(WindowResize.ScratchSize(columns));
        fixed (float* temporary = scratch)
        {
            WindowResize.Run(
                source, shape.Channels, shape.Height, shape.Width, rows, columns, target, temporary);
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    private (ResizeAxis Rows, ResizeAxis Columns) Draw(ImageRandom random, ImageShape shape)
    {
        for (ulong i = 0; i < Tries; i++)
        {
            var (a, b, c, d) = random.Block(ImageRandom.ResizedCrop + i);
            double area = ImageRandom.Between(a, parameter.MinArea, parameter.MaxArea) * shape.Height * shape.Width;
            double aspect = Math.Exp(ImageRandom.Between(b, logLeast, logMost));
            int height = (int)Math.Round(Math.Sqrt(area / aspect)), width = (int)Math.Round(Math.Sqrt(area * aspect));
            if (height > 0 && height <= shape.Height && width > 0 && width <= shape.Width)
            {
                return Window(
                    ImageRandom.Below(c, shape.Height - height + 1),
                    ImageRandom.Below(d, shape.Width - width + 1),
                    height,
                    width);
            }
        }

        return Fallback(shape);
    }

    private (ResizeAxis Rows, ResizeAxis Columns) Fallback(ImageShape shape)
    {
        int height = shape.Height, width = shape.Width;
        if (width < height * (double)parameter.MinAspect)
        {
            height = Math.Clamp((int)Math.Round(width / parameter.MinAspect), 1, height);
        }
        else if (width > height * (double)parameter.MaxAspect)
        {
            width = Math.Clamp((int)Math.Round(height * parameter.MaxAspect), 1, width);
        }

        return Window((shape.Height - height) / 2, (shape.Width - width) / 2, height, width);
    }

    private (ResizeAxis Rows, ResizeAxis Columns) Window(int top, int left, int height, int width) =>
        (ResizeAxis.Of(top, height, Height), ResizeAxis.Of(left, width, Width));

    // The pixels around the window are seen too, as in an image that is resized before the crop.
    private (ResizeAxis Rows, ResizeAxis Columns) Centre(ImageShape shape)
    {
        double factor = Math.Max((double)Height / shape.Height, (double)Width / shape.Width) / TestShare;
        return (Axis(shape.Height, Height), Axis(shape.Width, Width));

        ResizeAxis Axis(int count, int length)
        {
            long resized = (long)Math.Round(count * factor);
            double step = (double)count / resized;
            return new ResizeAxis((resized - length) / 2 * step, step, 0, count, length);
        }
    }
}
