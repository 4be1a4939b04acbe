using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// <c>distort_param</c>: changes the colours of 8-bit images at random: brightness, then contrast, saturation and hue
/// or, for half of the images, saturation, hue and contrast; then the order of the channels. Saturation and hue are
/// those of <see cref="HsvBytes"/>, each step rounded to bytes (Howard, "Some improvements on deep convolutional neural
/// network based image classification", 2013). Each has a chance of its own, or where DeepDetect's fields are given,
/// the one chance <c>prob</c>.
/// </summary>
/// <remarks>SSD's fork stores the image as JPEG afterwards and decodes it once more, which is not done here; and it
/// changes image files alone, where this changes raw pixels too.</remarks>
internal sealed class ColorDistortion
{
    private const float LeastFactorChange = 1e-3f;

    private readonly LayerContext context;
    private readonly ColorDistortionParameter parameter;
    private readonly bool hasOneChance;

    /// <summary>Checks the definition.</summary>
    /// <exception cref="CnnException">A number is out of range.</exception>
    public ColorDistortion(LayerContext context, ColorDistortionParameter parameter)
    {
        (this.context, this.parameter) = (context, parameter);
        hasOneChance = parameter.HasProb || parameter.HasAllEffects || parameter.HasBrightness
            || parameter.HasContrast || parameter.HasHue || parameter.HasSaturation || parameter.HasRandomOrder;
        Check(ColorDistortionParameter.ProbFieldNumber, parameter.Prob, 0, 1);
        Check(ColorDistortionParameter.BrightnessProbFieldNumber, parameter.BrightnessProb, 0, 1);
        Check(ColorDistortionParameter.BrightnessDeltaFieldNumber, parameter.BrightnessDelta, 0, 255);
        Check(ColorDistortionParameter.ContrastProbFieldNumber, parameter.ContrastProb, 0, 1);
        Check(ColorDistortionParameter.ContrastUpperFieldNumber, parameter.ContrastUpper, 0, 1000);
        Check(
            ColorDistortionParameter.ContrastLowerFieldNumber, parameter.ContrastLower, 0, parameter.ContrastUpper);
        Check(ColorDistortionParameter.HueProbFieldNumber, parameter.HueProb, 0, 1);
        Check(ColorDistortionParameter.HueDeltaFieldNumber, parameter.HueDelta, 0, 180);
        Check(ColorDistortionParameter.SaturationProbFieldNumber, parameter.SaturationProb, 0, 1);
        Check(ColorDistortionParameter.SaturationUpperFieldNumber, parameter.SaturationUpper, 0, 1000);
        Check(
            ColorDistortionParameter.SaturationLowerFieldNumber,
            parameter.SaturationLower,
            0,
            parameter.SaturationUpper);
        Check(ColorDistortionParameter.RandomOrderProbFieldNumber, parameter.RandomOrderProb, 0, 1);

        if (hasOneChance && (parameter.HasBrightnessProb || parameter.HasContrastProb || parameter.HasHueProb
            || parameter.HasSaturationProb || parameter.HasRandomOrderProb))
        {
            throw context.Error(
                parameter,
                0,
                "distort_param says what happens in two ways",
                "give brightness_prob and the like, or brightness and the like with one prob");
        }

        void Check(int field, float value, float least, float largest) =>
            FieldRange.Require(context, parameter, field, value, least, largest);
    }

    /// <summary>Changes the colours of an image.</summary>
    /// <param name="random">The image's random numbers.</param>
    /// <param name="image">The image, blue, green and red.</param>
    /// <exception cref="CnnException">It has not three channels.</exception>
    public void Run(ImageRandom random, PlanarImage image)
    {
        if (image.Channels != 3)
        {
            throw context.Error(
                parameter, 0, $"distort_param is for three channels, the images have {image.Channels}");
        }

        var (order, brightens, brightness, contrasts) = random.Block(ImageRandom.ColorDistortion);
        var (contrast, saturates, saturation, turns) = random.Block(ImageRandom.ColorDistortion + 1);
        var (hue, shuffles, permutation, _) = random.Block(ImageRandom.ColorDistortion + 2);
        bool isContrastFirst = (order >> 31) != 0;
        if (ImageRandom.Happens(brightens, Chance(parameter.BrightnessProb, parameter.Brightness)))
        {
            Change(image.Pixels, 1, ImageRandom.Signed(brightness) * parameter.BrightnessDelta);
        }

        float factor = ImageRandom.Happens(contrasts, Chance(parameter.ContrastProb, parameter.Contrast))
            ? (float)ImageRandom.Between(contrast, parameter.ContrastLower, parameter.ContrastUpper)
            : 1;
        if (isContrastFirst)
        {
            Change(image.Pixels, factor, 0);
        }

        if (ImageRandom.Happens(saturates, Chance(parameter.SaturationProb, parameter.Saturation)))
        {
            float drawn = (float)ImageRandom.Between(saturation, parameter.SaturationLower, parameter.SaturationUpper);
            ChangeHsv(image, 1, drawn, 0);
        }

        if (ImageRandom.Happens(turns, Chance(parameter.HueProb, parameter.Hue)))
        {
            ChangeHsv(image, 0, 1, ImageRandom.Signed(hue) * parameter.HueDelta);
        }

        if (!isContrastFirst)
        {
            Change(image.Pixels, factor, 0);
        }

        if (ImageRandom.Happens(shuffles, Chance(parameter.RandomOrderProb, parameter.RandomOrder)))
        {
            Shuffle(image, ImageRandom.Below(permutation, 6));
        }
    }

    private float Chance(float own, bool isAskedFor) => !hasOneChance ? own
        : isAskedFor || parameter.AllEffects ? parameter.Prob
        : 0;

    private static bool Changes(float factor, float shift) => Math.Abs(factor - 1) > LeastFactorChange || shift != 0;

    private static void Change(Span<byte> pixels, float factor, float shift)
    {
        if (Changes(factor, shift))
        {
            Span<byte> table = stackalloc byte[ByteTable.Length];
            ByteTable.Fill(table, factor, shift);
            ByteTable.Run(pixels, table);
        }
    }

    private static void ChangeHsv(PlanarImage image, int plane, float factor, float shift)
    {
        if (Changes(factor, shift))
        {
            HsvBytes.FromColor(image.Plane(0), image.Plane(1), image.Plane(2));
            Change(image.Plane(plane), factor, shift);
            HsvBytes.ToColor(image.Plane(0), image.Plane(1), image.Plane(2));
        }
    }

    // The six orders of three channels: a turn by 0, 1 or 2, and then an exchange of the last two or none.
    private static void Shuffle(PlanarImage image, int permutation)
    {
        for (int turn = 0; turn < permutation % 3; turn++)
        {
            Exchange(image.Plane(0), image.Plane(1));
            Exchange(image.Plane(1), image.Plane(2));
        }

        if (permutation >= 3)
        {
            Exchange(image.Plane(1), image.Plane(2));
        }
    }

    private static void Exchange(Span<byte> a, Span<byte> b)
    {
        for (int i = 0; i < a.Length; i++)
        {
            (a[i], b[i]) = (b[i], a[i]);
        }
    }
}
