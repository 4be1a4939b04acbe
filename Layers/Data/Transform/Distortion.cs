using Cnn.Fillers;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// The random planar distortions of <c>transform_param</c>: translation, scaling, squeezing and horizontal shearing,
/// the kinds that LeNet-5 was trained with (LeCun, Bottou, Bengio and Haffner 1998, section III.B).
/// </summary>
internal sealed class Distortion
{
    private readonly DistortionParameter bounds;

    /// <summary>Checks the bounds.</summary>
    /// <exception cref="CnnException">One is negative, not finite, or so large that an image could vanish.</exception>
    public Distortion(LayerContext context, DistortionParameter bounds)
    {
        this.bounds = bounds;
        Check("translation", DistortionParameter.TranslationFieldNumber, bounds.Translation, 1 << 14);
        Check("scaling", DistortionParameter.ScalingFieldNumber, bounds.Scaling, 0.9f);
        Check("squeezing", DistortionParameter.SqueezingFieldNumber, bounds.Squeezing, 0.9f);
        Check("shearing", DistortionParameter.ShearingFieldNumber, bounds.Shearing, 4);

        void Check(string name, int field, float value, float largest)
        {
            if (!(value >= 0 && value <= largest))
            {
                throw context.Error(bounds, field, $"{name} is {value}", $"it must be from 0 to {largest}");
            }
        }
    }

    /// <summary>Draws the map of one image: from the pixels of the padded image back to those of the image.</summary>
    /// <param name="key">Key of the layer's random stream.</param>
    /// <param name="index">The image's index among all drawn.</param>
    /// <param name="image">The shape of the image.</param>
    /// <param name="padded">The shape of the target.</param>
    public AffineWarp Draw(ulong key, long index, ImageShape image, ImageShape padded)
    {
        // Blocks 1 and 2 of the image; block 0 decides the crop and the flip.
        var (a, b, c, d) = PhiloxRandom.Block(key, 1, (ulong)index);
        var (e, _, _, _) = PhiloxRandom.Block(key, 2, (ulong)index);
        float right = Uniform(a) * bounds.Translation, down = Uniform(b) * bounds.Translation;
        float scale = 1 + (Uniform(c) * bounds.Scaling), squeeze = 1 + (Uniform(d) * bounds.Squeezing);
        float shear = Uniform(e) * bounds.Shearing;

        // Forward, about the centres: x' = scale squeeze (x + shear y) + right, y' = scale / squeeze y + down.
        float xx = 1 / (scale * squeeze), yy = squeeze / scale, xy = -shear * yy;
        float x0 = -(((padded.Width - 1) / 2f) + right), y0 = -(((padded.Height - 1) / 2f) + down);
        return new AffineWarp(
            xx, xy, (xx * x0) + (xy * y0) + ((image.Width - 1) / 2f), 0, yy, (yy * y0) + ((image.Height - 1) / 2f));
    }

    // Returns a number from -1 up to, but not including, 1.
    private static float Uniform(uint word) => ((word >> 8) * (2f / (1 << 24))) - 1;
}
