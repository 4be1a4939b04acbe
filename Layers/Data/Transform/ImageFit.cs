using Cnn.Layers.Data.Boxes;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// <c>resize_param</c>: gives images a size, by a way of interpolation that is drawn for each: changing the aspect;
/// keeping it, so that the image covers the size; or keeping it inside the size, with a border around it.
/// </summary>
internal sealed class ImageFit
{
    private const int LargestSide = 1 << 14;

    private readonly LayerContext context;
    private readonly ResizeParameter parameter;
    private readonly bool isChosen;

    /// <summary>Checks the definition.</summary>
    /// <param name="context">The layer.</param>
    /// <param name="parameter">The definition.</param>
    /// <param name="isChosen">Whether batches choose this one of several, and all of their images are resized.</param>
    /// <exception cref="CnnException">A size is missing or a number out of range.</exception>
    public ImageFit(LayerContext context, ResizeParameter parameter, bool isChosen = false)
    {
        (this.context, this.parameter, this.isChosen) = (context, parameter, isChosen);
        Check(ResizeParameter.ProbFieldNumber, parameter.Prob, 0, 1);
        Check(ResizeParameter.HeightFieldNumber, parameter.Height, 1, LargestSide);
        Check(ResizeParameter.WidthFieldNumber, parameter.Width, 1, LargestSide);
        Check(ResizeParameter.HeightScaleFieldNumber, parameter.HeightScale, 0, LargestSide);
        Check(ResizeParameter.WidthScaleFieldNumber, parameter.WidthScale, 0, LargestSide);
        foreach (float value in parameter.PadValue)
        {
            Check(ResizeParameter.PadValueFieldNumber, value, 0, 255);
        }

        void Check(int field, float value, float least, float largest) =>
            FieldRange.Require(context, parameter, field, value, least, largest);
    }

    /// <summary>Whether all images get the same size.</summary>
    public bool IsFixed => parameter.ResizeMode != ResizeParameter.Types.Resize_mode.FitSmallSize;

    /// <summary>Whether images keep their aspect inside the size, with a border around them.</summary>
    public bool Pads => parameter.ResizeMode == ResizeParameter.Types.Resize_mode.FitLargeSizeAndPad;

    private int Height => (int)(IsFixed || parameter.HeightScale == 0 ? parameter.Height : parameter.HeightScale);

    private int Width => (int)(IsFixed || parameter.WidthScale == 0 ? parameter.Width : parameter.WidthScale);

    /// <summary>Returns the shape of an image that is resized.</summary>
    public ImageShape ShapeOf(ImageShape image)
    {
        if (IsFixed)
        {
            return image with { Height = Height, Width = Width };
        }

        float aspect = (float)image.Width / image.Height;
        return aspect < (float)Width / Height
            ? image with { Height = Math.Clamp((int)(Width / aspect), 1, LargestSide), Width = Width }
            : image with { Height = Height, Width = Math.Clamp((int)(aspect * Height), 1, LargestSide) };
    }

    /// <summary>Returns whether an image is resized.</summary>
    public bool Applies(ImageRandom random) =>
        isChosen || ImageRandom.Happens(random.Block(ImageRandom.Resize).A, parameter.Prob);

    /// <summary>Resizes an image.</summary>
    /// <param name="random">The image's random numbers.</param>
    /// <param name="image">The image.</param>
    /// <exception cref="CnnException">The values of the border do not fit its channels.</exception>
    public void Run(ImageRandom random, ImageScratch image)
    {
        ImageInterpolation interpolation = Interpolation(random.Block(ImageRandom.Resize).B, parameter);
        if (!Pads)
        {
            ImageShape shape = ShapeOf(image.Shape);
            image.Resize(shape.Height, shape.Width, interpolation);
            return;
        }

        float aspect = (float)image.Shape.Width / image.Shape.Height;
        var (height, width) = aspect > (float)Width / Height
            ? (Math.Clamp((int)(Width / aspect), 1, Height), Width)
            : (Height, Math.Clamp((int)(Height * aspect), 1, Width));
        image.Resize(height, width, interpolation);
        Pad(image, (Height - height) / 2, (Width - width) / 2);
    }

    /// <summary>Returns where a box of an image is when the image is resized.</summary>
    /// <param name="box">The box.</param>
    /// <param name="image">The shape of the image before.</param>
    public Box Move(Box box, ImageShape image)
    {
        if (!Pads)
        {
            return box;
        }

        float aspect = (float)image.Width / image.Height;
        float width = aspect > (float)Width / Height ? 1 : aspect * Height / Width;
        float height = aspect > (float)Width / Height ? Width / aspect / Height : 1;
        float left = (1 - width) / 2, top = (1 - height) / 2;
        return new Box(
            left + (MathF.Max(0, box.XMin) * width),
            top + (MathF.Max(0, box.YMin) * height),
            left + (MathF.Min(1, box.XMax) * width),
            top + (MathF.Min(1, box.YMax) * height));
    }

    /// <summary>Returns one of the ways of interpolation that a definition names; linear where it names none.</summary>
    /// <param name="word">A random word.</param>
    /// <param name="parameter">The definition; null for none.</param>
    public static ImageInterpolation Interpolation(uint word, ResizeParameter? parameter)
    {
        if (parameter is null || parameter.InterpMode.Count == 0)
        {
            return ImageInterpolation.Linear;
        }

        int drawn = ImageRandom.Below(word, parameter.InterpMode.Count);
        return parameter.InterpMode[drawn] switch
        {
            ResizeParameter.Types.Interp_mode.Area => ImageInterpolation.Area,
            ResizeParameter.Types.Interp_mode.Nearest => ImageInterpolation.Nearest,
            ResizeParameter.Types.Interp_mode.Cubic => ImageInterpolation.Cubic,
            ResizeParameter.Types.Interp_mode.Lanczos4 => ImageInterpolation.Lanczos4,
            _ => ImageInterpolation.Linear,
        };
    }

    private void Pad(ImageScratch image, int top, int left)
    {
        PlanarImage from = image.Image, to = image.Next(Height, Width);
        if (parameter.PadMode != ResizeParameter.Types.Pad_mode.Constant)
        {
            bool isMirrored = parameter.PadMode == ResizeParameter.Types.Pad_mode.Mirrored;
            for (int c = 0; c < from.Channels; c++)
            {
                BytePadding.Continue(
                    from.Plane(c), from.Height, from.Width, to.Plane(c), to.Width, top, left, isMirrored);
            }

            image.Swap();
            return;
        }

        if (parameter.PadValue.Count > 1 && parameter.PadValue.Count != from.Channels)
        {
            throw context.Error(
                parameter,
                ResizeParameter.PadValueFieldNumber,
                $"{parameter.PadValue.Count} pad values for {from.Channels} channels",
                "give one for all or one per channel");
        }

        for (int c = 0; c < from.Channels; c++)
        {
            to.Plane(c).Fill(parameter.PadValue.Count == 0
                ? (byte)0
                : PixelRow.FromFloat<byte>(parameter.PadValue[parameter.PadValue.Count == 1 ? 0 : c]));
        }

        image.Place(to, top, left);
    }
}
