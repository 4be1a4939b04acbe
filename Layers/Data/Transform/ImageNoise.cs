using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// <c>noise_param</c>: damages images at random, in the order of SSD's fork: grey, blur, equalised histogram, JPEG,
/// four levels, inversion, single pixels, hue.
/// </summary>
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
        Refuse(parameter.Erode, NoiseParameter.ErodeFieldNumber);
        Refuse(parameter.Clahe, NoiseParameter.ClaheFieldNumber);
        Refuse(parameter.ConvertToLab, NoiseParameter.ConvertToLabFieldNumber);
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

        void Refuse(bool isAsked, int field)
        {
            if (isAsked)
            {
                throw context.Error(
                    parameter,
                    field,
                    $"{NoiseParameter.Descriptor.FindFieldByNumber(field).Name} is not built",
                    "the others are: decolorize, gauss_blur, hist_eq, jpeg, posterize, inverse, saltpepper, "
                    + "convert_to_hsv");
            }
        }
    }

    /// <summary>Damages an image, or not.</summary>
    /// <param name="random">The image's random numbers.</param>
    /// <param name="scratch">The image.</param>
    /// <exception cref="CnnException">It has not the colours for it.</exception>
    public void Run(ImageRandom random, ImageScratch scratch)
    {
        if (!ImageRandom.Happens(random.Block(ImageRandom.Noise).A, parameter.Prob))
        {
            return;
        }

        PlanarImage image = scratch.Image;
        if (parameter.Decolorize && image.Channels == 3)
        {
            Decolorize(image);
        }

        for (int c = 0; parameter.GaussBlur && c < image.Channels; c++)
        {
            GaussianBlur.Run(image.Plane(c), image.Height, image.Width);
        }

        if (parameter.HistEq)
        {
            Equalize(image);
        }

        if (parameter.Jpeg >= 0)
        {
            scratch.Compress((int)parameter.Jpeg);
            image = scratch.Image;
        }

        if (parameter.Posterize)
        {
            ByteTable.Run(image.Pixels, posters);
        }

        if (parameter.Inverse)
        {
            ByteTable.Run(image.Pixels, inverse);
        }

        if (parameter.Saltpepper && parameter.SaltpepperParam is { } salt)
        {
            Salt(random, image, salt);
        }

        if (parameter.ConvertToHsv)
        {
            RequireColors(image, NoiseParameter.ConvertToHsvFieldNumber);
            HsvBytes.FromColor(image.Plane(0), image.Plane(1), image.Plane(2));
        }
    }

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
