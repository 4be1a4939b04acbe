using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Algorithm = Cnn.Proto.TransformationParameter.Types.InterpolationAlgo;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// NVIDIA's random size: the shorter side gets a length between <c>img_rand_resize_lower</c> and <c>upper</c>, the
/// longer one keeps its ratio to it or has one between <c>rand_resize_ratio_lower</c> and <c>upper</c>, and both are
/// multiplied by factors of <c>vertical_stretch</c> and <c>horizontal_stretch</c>. No side is shorter than the crop,
/// and without <c>allow_upscale</c> none longer than it was. The crop follows.
/// </summary>
internal sealed class RandomStretch : ImageVariation
{
    private const int LargestSide = 1 << 14;
    private const float LargestFactor = 64;

    private readonly TransformationParameter parameter;
    private readonly int cropHeight;
    private readonly int cropWidth;

    /// <summary>Checks the definition.</summary>
    /// <exception cref="CnnException">A number is out of range.</exception>
    public RandomStretch(LayerContext context, TransformationParameter parameter, int cropHeight, int cropWidth)
    {
        (this.parameter, this.cropHeight, this.cropWidth) = (parameter, cropHeight, cropWidth);
        Check(TransformationParameter.ImgRandResizeUpperFieldNumber, parameter.ImgRandResizeUpper, LargestSide);
        Check(
            TransformationParameter.ImgRandResizeLowerFieldNumber,
            parameter.ImgRandResizeLower,
            parameter.ImgRandResizeUpper > 0 ? parameter.ImgRandResizeUpper : LargestSide);
        CheckFactor(TransformationParameter.RandResizeRatioLowerFieldNumber, parameter.RandResizeRatioLower);
        CheckFactor(TransformationParameter.RandResizeRatioUpperFieldNumber, parameter.RandResizeRatioUpper);
        CheckFactor(TransformationParameter.VerticalStretchLowerFieldNumber, parameter.VerticalStretchLower);
        CheckFactor(TransformationParameter.VerticalStretchUpperFieldNumber, parameter.VerticalStretchUpper);
        CheckFactor(TransformationParameter.HorizontalStretchLowerFieldNumber, parameter.HorizontalStretchLower);
        CheckFactor(TransformationParameter.HorizontalStretchUpperFieldNumber, parameter.HorizontalStretchUpper);

        void CheckFactor(int field, double value) => Check(field, value, LargestFactor);

        void Check(int field, double value, double largest) =>
            FieldRange.Require(context, parameter, field, value, 0, largest);
    }

    /// <inheritdoc/>
    public override bool CentresMean => true;

    /// <summary>Whether the fields of a random size are given; some have no effect alone.</summary>
    public static bool IsAskedFor(TransformationParameter parameter) =>
        parameter.ImgRandResizeLower > 0 || parameter.ImgRandResizeUpper > 0
        || parameter.HasRandResizeRatioLower || parameter.HasRandResizeRatioUpper
        || parameter.HasVerticalStretchLower || parameter.HasVerticalStretchUpper
        || parameter.HasHorizontalStretchLower || parameter.HasHorizontalStretchUpper;

    /// <inheritdoc/>
    public override void Run(ImageRandom random, ImageScratch image, bool isTraining)
    {
        var (side, ratio, turn, rise) = random.Block(ImageRandom.Variation);
        var (spread, down, across, _) = random.Block(ImageRandom.Variation + 1);
        ImageShape shape = image.Shape;
        var (height, width) = Sides(shape, side, ratio, turn);
        height = Limit(height * Factor(rise, parameter.VerticalStretchLower, parameter.VerticalStretchUpper),
            cropHeight, shape.Height);
        width = Limit(width * Factor(spread, parameter.HorizontalStretchLower, parameter.HorizontalStretchUpper),
            cropWidth, shape.Width);
        if (((int)height, (int)width) != (shape.Height, shape.Width))
        {
            Algorithm algorithm = height <= shape.Height && width <= shape.Width
                ? parameter.InterpolationAlgoDown
                : parameter.InterpolationAlgoUp;
            image.Resize((int)height, (int)width, Interpolation(algorithm));
        }

        shape = image.Shape;
        if (cropHeight > shape.Height || cropWidth > shape.Width)
        {
            throw new CnnException(
                $"it is {shape}, smaller than the crop of {cropHeight} x {cropWidth}",
                "allow_upscale: true would resize it");
        }

        // The crop is cut here and not later, since the mean is that of the crop.
        int rows = shape.Height - cropHeight, columns = shape.Width - cropWidth;
        image.Cut(
            isTraining ? ImageRandom.Below(down, rows + 1) : rows / 2,
            isTraining ? ImageRandom.Below(across, columns + 1) : columns / 2,
            cropHeight,
            cropWidth);
    }

    private (float Height, float Width) Sides(ImageShape shape, uint side, uint ratio, uint turn)
    {
        uint least = parameter.ImgRandResizeLower, most = parameter.ImgRandResizeUpper;
        int shorter = Math.Min(shape.Height, shape.Width);
        int length = least > 0 && most > 0 ? (int)least + ImageRandom.Below(side, (int)(most - least) + 1) : shorter;
        float scale = (float)length / shorter;
        float height = scale * shape.Height, width = scale * shape.Width;
        if (!(parameter.RandResizeRatioLower >= 1 && parameter.RandResizeRatioUpper > 1))
        {
            return (height, width);
        }

        float factor = Factor(ratio, parameter.RandResizeRatioLower, parameter.RandResizeRatioUpper);
        bool isWide = width > height || (width == height && (turn >> 31) != 0);
        return isWide ? (height, height * factor) : (width * factor, width);
    }

    private float Limit(float length, int crop, int old)
    {
        float side = MathF.Max(crop, MathF.Round(length, MidpointRounding.AwayFromZero));
        return MathF.Max(1, MathF.Min(parameter.AllowUpscale ? LargestSide : old, side));
    }

    private static float Factor(uint word, float a, float b) =>
        a > 0 && b > 0 ? (float)ImageRandom.Between(word, Math.Min(a, b), Math.Max(a, b)) : 1;

    private static ImageInterpolation Interpolation(Algorithm algorithm) => algorithm switch
    {
        Algorithm.InterLinear => ImageInterpolation.Linear,
        Algorithm.InterCubic => ImageInterpolation.Cubic,
        Algorithm.InterArea => ImageInterpolation.Area,
        _ => ImageInterpolation.Nearest,
    };
}
