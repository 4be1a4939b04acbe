using Cnn.Proto;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// Intel's <c>random_aspect_ratio_param</c>: resizes a part of an image to the size of the crop, in both phases. The
/// part's area is a share of the image's, and its height and width are those of a square of the area, times a factor
/// and its inverse; shares and factors are drawn in thousandths. Parts that do not fit into the image are drawn again;
/// where none is found, the whole image is resized, its shorter side to that of the crop.
/// </summary>
internal sealed class RandomAspectRatio : ImageVariation
{
    private const int MostAttempts = 1 << 16;
    private const int Steps = 1000;

    private readonly RandomAspectRatioParameter parameter;
    private readonly int height;
    private readonly int width;

    /// <summary>Checks the definition.</summary>
    /// <exception cref="CnnException">A number is out of range.</exception>
    public RandomAspectRatio(LayerContext context, RandomAspectRatioParameter parameter, int height, int width)
    {
        (this.parameter, this.height, this.width) = (parameter, height, width);
        Check(RandomAspectRatioParameter.MaxAreaRatioFieldNumber, parameter.MaxAreaRatio, 0.001f, 1);
        Check(
            RandomAspectRatioParameter.MinAreaRatioFieldNumber, parameter.MinAreaRatio, 0.001f, parameter.MaxAreaRatio);
        Check(RandomAspectRatioParameter.AspectRatioChangeFieldNumber, parameter.AspectRatioChange, 0.01f, 1);
        Check(RandomAspectRatioParameter.MaxAttemptFieldNumber, parameter.MaxAttempt, 0, MostAttempts);

        void Check(int field, double value, double least, double largest) =>
            FieldRange.Require(context, parameter, field, value, least, largest);
    }

    /// <inheritdoc/>
    public override void Run(ImageRandom random, ImageScratch image, bool isTraining)
    {
        ImageShape shape = image.Shape;
        float area = (float)shape.Height * shape.Width;
        var interpolation = ImageFit.Interpolation(
            random.Block(ImageRandom.Variation).A, parameter.ResizeParam);
        for (uint i = 0; i < parameter.MaxAttempt; i++)
        {
            var (share, change, turn, down) = random.Block(ImageRandom.Attempts + (2 * i));
            float part = MathF.Sqrt(Ratio(share, parameter.MinAreaRatio, parameter.MaxAreaRatio) * area);
            float factor = Ratio(change, parameter.AspectRatioChange, 1 / parameter.AspectRatioChange);
            int rows = Math.Max(1, (int)(part * factor)), columns = Math.Max(1, (int)(part / factor));
            if ((turn >> 31) != 0)
            {
                (rows, columns) = (columns, rows);
            }

            if (rows <= shape.Height && columns <= shape.Width)
            {
                uint across = random.Block(ImageRandom.Attempts + (2 * i) + 1).A;
                image.Cut(
                    ImageRandom.Below(down, shape.Height - rows + 1),
                    ImageRandom.Below(across, shape.Width - columns + 1),
                    rows,
                    columns);
                image.Resize(height, width, interpolation);
                return;
            }
        }

        RandomShorterSide.Resize(image, Math.Max(height, width), interpolation);
    }

    private static float Ratio(uint word, float least, float most) =>
        (ImageRandom.Below(word, (int)((most - least) * Steps) + 1) + (least * Steps)) / Steps;
}
