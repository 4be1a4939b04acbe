using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// Intel's <c>random_resize_param</c>: resizes images so that the shorter side has a length between <c>min_size</c> and
/// <c>max_size</c>, in both phases; the aspect stays.
/// </summary>
internal sealed class RandomShorterSide : ImageVariation
{
    private const int LargestSide = 1 << 14;

    private readonly RandomResizeParameter parameter;

    /// <summary>Checks the definition.</summary>
    /// <exception cref="CnnException">A number is out of range.</exception>
    public RandomShorterSide(LayerContext context, RandomResizeParameter parameter)
    {
        this.parameter = parameter;
        Check(RandomResizeParameter.MaxSizeFieldNumber, parameter.MaxSize, 0, LargestSide);
        Check(
            RandomResizeParameter.MinSizeFieldNumber,
            parameter.MinSize,
            0,
            parameter.MaxSize > 0 ? parameter.MaxSize : LargestSide);

        void Check(int field, double value, double least, double largest) =>
            FieldRange.Require(context, parameter, field, value, least, largest);
    }

    /// <inheritdoc/>
    public override void Run(ImageRandom random, ImageScratch image, bool isTraining)
    {
        ImageShape shape = image.Shape;
        int least = parameter.MinSize > 0 ? (int)parameter.MinSize : Math.Min(shape.Height, shape.Width);
        int most = parameter.MaxSize > 0 ? (int)parameter.MaxSize : Math.Max(shape.Height, shape.Width);
        var (length, interpolation, _, _) = random.Block(ImageRandom.Variation);
        int side = least + ImageRandom.Below(length, Math.Max(1, most - least + 1));
        Resize(image, side, ImageFit.Interpolation(interpolation, parameter.ResizeParam));
    }

    /// <summary>Resizes an image so that its shorter side has a length.</summary>
    public static void Resize(ImageScratch image, int side, ImageInterpolation interpolation)
    {
        ImageShape shape = image.Shape;
        float aspect = (float)Math.Max(shape.Height, shape.Width) / Math.Min(shape.Height, shape.Width);
        int other = (int)MathF.Min(aspect * side, LargestSide);
        image.Resize(
            shape.Height < shape.Width ? side : other, shape.Height < shape.Width ? other : side, interpolation);
    }
}
