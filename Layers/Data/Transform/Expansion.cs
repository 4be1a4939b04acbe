using Cnn.Layers.Data.Boxes;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// <c>expand_param</c>: puts images somewhere into larger ones at random, whose sides are as many times longer as an
/// even draw from 1 to <c>max_expand_ratio</c> says, filled with the mean (Liu et al., "SSD: Single shot multibox
/// detector", 2016, section 3.6).
/// </summary>
internal sealed class Expansion
{
    private const float LargestRatio = 64;
    private const float LeastGrowth = 1e-2f;

    private readonly ExpansionParameter parameter;
    private readonly float[] meanValues;
    private readonly AlignedBuffer? mean;
    private readonly ImageShape meanShape;

    /// <summary>Checks the definition.</summary>
    /// <param name="context">The layer.</param>
    /// <param name="parameter">The definition.</param>
    /// <param name="transformer">The transformation, whose mean fills the larger images.</param>
    /// <exception cref="CnnException">A number is out of range.</exception>
    public Expansion(LayerContext context, ExpansionParameter parameter, DataTransformer transformer)
    {
        this.parameter = parameter;
        (mean, meanShape) = (transformer.Mean, transformer.MeanShape);
        meanValues = [.. context.Parameter.TransformParam?.MeanValue ?? []];
        FieldRange.Require(context, parameter, ExpansionParameter.ProbFieldNumber, parameter.Prob, 0, 1);
        FieldRange.Require(
            context,
            parameter,
            ExpansionParameter.MaxExpandRatioFieldNumber,
            parameter.MaxExpandRatio,
            1,
            LargestRatio);
    }

    /// <summary>Puts an image into a larger one, or not.</summary>
    /// <param name="random">The image's random numbers.</param>
    /// <param name="scratch">The image.</param>
    /// <returns>The larger image as shares of the image; null where it stays as it is.</returns>
    public Box? Run(ImageRandom random, ImageScratch scratch)
    {
        var (chance, growth, down, across) = random.Block(ImageRandom.Expansion);
        if (parameter.MaxExpandRatio - 1 < LeastGrowth || !ImageRandom.Happens(chance, parameter.Prob))
        {
            return null;
        }

        ImageShape image = scratch.Shape;
        float ratio = (float)ImageRandom.Between(growth, 1, parameter.MaxExpandRatio);
        int height = (int)(image.Height * ratio), width = (int)(image.Width * ratio);
        if ((long)image.Channels * height * width > int.MaxValue / 2)
        {
            throw new CnnException($"expand_param makes images of {image} too large");
        }

        int top = (int)ImageRandom.Between(down, 0, height - image.Height);
        int left = (int)ImageRandom.Between(across, 0, width - image.Width);
        PlanarImage larger = scratch.Next(height, width);
        Fill(larger);
        scratch.Place(larger, top, left);
        return new Box(
            -left / (float)image.Width,
            -top / (float)image.Height,
            (width - left) / (float)image.Width,
            (height - top) / (float)image.Height);
    }

    private void Fill(PlanarImage image)
    {
        if (mean is not null && meanShape == new ImageShape(image.Channels, image.Height, image.Width))
        {
            Span<byte> pixels = image.Pixels;
            for (int i = 0; i < pixels.Length; i++)
            {
                pixels[i] = PixelRow.FromFloat<byte>(mean.Span[i]);
            }

            return;
        }

        for (int c = 0; c < image.Channels; c++)
        {
            float value = meanValues.Length == 0 ? 0 : meanValues[meanValues.Length == image.Channels ? c : 0];
            image.Plane(c).Fill(PixelRow.FromFloat<byte>(value));
        }
    }
}
