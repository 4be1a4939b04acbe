using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// <c>noise_param</c>: damages images at random, in the order of SSD's fork: grey, blur, equalised histogram, the same
/// tile by tile, JPEG, erosion, four levels, inversion, single pixels, hue, L*a*b*. Either all that are asked for
/// happen or, where <c>all_effects</c> is given, DeepDetect's rule holds: each but JPEG has the chance of its own.
/// </summary>
/// <remarks>DeepDetect's fork never turns images grey, since it asks an empty one for its channels; here it is done.
/// </remarks>
internal sealed class ImageNoise
{
    private const int Levels = 4;

    private readonly LayerContext context;
    private readonly NoiseParameter parameter;
    private readonly byte[] inverse = new byte[ByteTable.Length];
    private readonly byte[] posters = new byte[ByteTable.Length];

    /// <summary>Checks the definition.</summary>
    /// <exception cref="CnnException">A number is out of range, or a damage is asked for that is not built.</exception>
    public ImageNoise(LayerContext context, NoiseParameter parameter)
    {
        (this.context, this.parameter) = (context, parameter);
        FieldRange.Require(context, parameter, NoiseParameter.ProbFieldNumber, parameter.Prob, 0, 1);
        FieldRange.Require(context, parameter, NoiseParameter.JpegFieldNumber, parameter.Jpeg, -1, 100);
        if (parameter.SaltpepperParam is { } salt)
        {
            FieldRange.Require(context, salt, SaltPepperParameter.FractionFieldNumber, salt.Fraction, 0, 1);
            foreach (float value in salt.Value)
            {
                FieldRange.Require(context, salt, SaltPepperParameter.ValueFieldNumber, value, 0, 255);
            }
        }

        ByteTable.Fill(inverse, -1, 255);
        int bin = ByteTable.Length / Levels;
        for (int i = 0; i < posters.Length; i++)
        {
            posters[i] = (byte)((i / bin * bin) + (bin / 2));
        }
    }

    /// <summary>Damages an image, or not.</summary>
    /// <param name="random">The image's random numbers.</param>
    /// <param name="scratch">The image.</param>
    /// <exception cref="CnnException">It has not the colours for it.</exception>
    public void Run(ImageRandom random, ImageScratch scratch)
    {
        if (!parameter.HasAllEffects && !ImageRandom.Happens(random.Block(ImageRandom.Noise).A, parameter.Prob))
        {
            return;
        }

        var (grey, blur, equal, tiles) = random.Block(ImageRandom.NoiseEffects);
        var (erosion, levels, inversion, salted) = random.Block(ImageRandom.NoiseEffects + 1);
        var (hue, lab, _, _) = random.Block(ImageRandom.NoiseEffects + 2);
        PlanarImage image = scratch.Image;
        if (Happens(grey, parameter.Decolorize) && image.Channels == 3)
        {
            Decolorize(image);
        }

        bool blurs = Happens(blur, parameter.GaussBlur);
        for (int c = 0; blurs && c < image.Channels; c++)
        {
            GaussianBlur.Run(image.Plane(c), image.Height, image.Width);
        }

        if (Happens(equal, parameter.HistEq))
        {
            Equalize(image);
        }

        if (Happens(tiles, parameter.Clahe))
        {
            EqualizeTiles(image);
        }

        if (parameter.Jpeg >= 0)
        {
            scratch.Compress((int)parameter.Jpeg);
            image = scratch.Image;
        }

        bool erodes = Happens(erosion, parameter.Erode);
        for (int c = 0; erodes && c < image.Channels; c++)
        {
            Erosion.Run(image.Plane(c), image.Height, image.Width);
        }

        if (Happens(levels, parameter.Posterize))
        {
            ByteTable.Run(image.Pixels, posters);
        }

        if (Happens(inversion, parameter.Inverse))
        {
            ByteTable.Run(image.Pixels, inverse);
        }

        if (Happens(salted, parameter.Saltpepper) && parameter.SaltpepperParam is { } salt)
        {
            Salt(random, image, salt);
        }

        if (Happens(hue, parameter.ConvertToHsv))
        {
            RequireColors(image, NoiseParameter.ConvertToHsvFieldNumber);
            HsvBytes.FromColor(image.Plane(0), image.Plane(1), image.Plane(2));
        }

        if (Happens(lab, parameter.ConvertToLab))
        {
            RequireColors(image, NoiseParameter.ConvertToLabFieldNumber);
            LabBytes.FromColor(image.Plane(0), image.Plane(1), image.Plane(2));
        }
    }

    // Whether a damage happens that is asked for; SSD's have all happened by now.
    private bool Happens(uint word, bool isAskedFor) => !parameter.HasAllEffects ? isAskedFor
        : (isAskedFor || parameter.AllEffects) && ImageRandom.Happens(word, parameter.Prob);

    private static void Decolorize(PlanarImage image)
    {
        Span<byte> blue = image.Plane(0), green = image.Plane(1), red = image.Plane(2);
        for (int i = 0; i < blue.Length; i++)
        {
            blue[i] = green[i] = red[i] = GreyLevels.OfWebP(blue[i], green[i], red[i]);
        }
    }

    private void Equalize(PlanarImage image)
    {
        if (image.Channels == 1)
        {
            Equalization.Run(image.Pixels);
            return;
        }

        RequireColors(image, NoiseParameter.HistEqFieldNumber);
        Equalization.Run(image.Plane(0), image.Plane(1), image.Plane(2));
    }

    private void EqualizeTiles(PlanarImage image)
    {
        if (image.Channels == 1)
        {
            TiledEqualization.Run(image.Pixels, image.Height, image.Width);
            return;
        }

        RequireColors(image, NoiseParameter.ClaheFieldNumber);
        TiledEqualization.Run(image.Plane(0), image.Plane(1), image.Plane(2), image.Height, image.Width);
    }

    private void Salt(ImageRandom random, PlanarImage image, SaltPepperParameter salt)
    {
        if (salt.Value.Count > 1 && salt.Value.Count != image.Channels)
        {
            throw context.Error(
                salt,
                SaltPepperParameter.ValueFieldNumber,
                $"{salt.Value.Count} values for {image.Channels} channels",
                "give one for all or one per channel");
        }

        int plane = image.Height * image.Width, count = (int)(salt.Fraction * plane);
        for (int i = 0; i < count; i += 4)
        {
            var (a, b, c, d) = random.Block(ImageRandom.SaltPepper + (ulong)(i / 4));
            ReadOnlySpan<uint> words = [a, b, c, d];
            for (int k = 0; k < Math.Min(4, count - i); k++)
            {
                int at = ImageRandom.Below(words[k], plane);
                for (int channel = 0; channel < image.Channels; channel++)
                {
                    float value = salt.Value.Count == 0 ? 0 : salt.Value[salt.Value.Count == 1 ? 0 : channel];
                    image.Plane(channel)[at] = PixelRow.FromFloat<byte>(value);
                }
            }
        }
    }

    private void RequireColors(PlanarImage image, int field)
    {
        if (image.Channels != 3)
        {
            throw context.Error(
                parameter,
                field,
                $"{NoiseParameter.Descriptor.FindFieldByNumber(field).Name} is for three channels, "
                + $"the images have {image.Channels}");
        }
    }
}
