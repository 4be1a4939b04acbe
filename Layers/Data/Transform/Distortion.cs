using System.Buffers;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// The random planar distortions of <c>transform_param</c>: translation, scaling, squeezing and horizontal shearing,
/// the kinds that LeNet-5 was trained with (LeCun, Bottou, Bengio and Haffner 1998, section III.B); besides them
/// rotation, vertical shearing and elastic distortion.
/// </summary>
internal sealed unsafe class Distortion
{
    private readonly DistortionParameter bounds;
    private readonly ElasticField? elastic;

    /// <summary>Checks the bounds.</summary>
    /// <exception cref="CnnException">One is negative, not finite, or so large that an image could vanish.</exception>
    public Distortion(LayerContext context, DistortionParameter bounds)
    {
        this.bounds = bounds;
        Check(DistortionParameter.TranslationFieldNumber, bounds.Translation, 1 << 14);
        Check(DistortionParameter.ScalingFieldNumber, bounds.Scaling, 0.9f);
        Check(DistortionParameter.SqueezingFieldNumber, bounds.Squeezing, 0.9f);
        Check(DistortionParameter.ShearingFieldNumber, bounds.Shearing, 4);
        Check(DistortionParameter.RotationFieldNumber, bounds.Rotation, 180);
        Check(DistortionParameter.VerticalShearingFieldNumber, bounds.VerticalShearing, 4);
        Check(DistortionParameter.ElasticAlphaFieldNumber, bounds.ElasticAlpha, 1 << 14);
        Check(DistortionParameter.ElasticSigmaFieldNumber, bounds.ElasticSigma, 256);
        FieldRange.Require(
            context, bounds, DistortionParameter.FillFieldNumber, bounds.Fill, -(1 << 20), 1 << 20);
        elastic = bounds.ElasticAlpha > 0 ? new ElasticField(bounds.ElasticAlpha, bounds.ElasticSigma) : null;

        void Check(int field, float value, float largest) =>
            FieldRange.Require(context, bounds, field, value, 0, largest);
    }

    /// <summary>Value of the pixels outside the image.</summary>
    public float Fill => bounds.Fill;

    /// <summary>Distorts one image.</summary>
    /// <param name="random">The image's random numbers.</param>
    /// <param name="source">The image.</param>
    /// <param name="image">Its shape.</param>
    /// <param name="padded">The shape of the target.</param>
    /// <param name="target">Receives the distorted image.</param>
    public void Run<T>(ImageRandom random, T* source, ImageShape image, ImageShape padded, T* target)
        where T : unmanaged
    {
        AffineWarp map = Draw(random, image, padded);
        int plane = padded.Height * padded.Width;
        float[]? displacements = elastic is null ? null : ArrayPool<float>.Shared.Rent(2 * plane);
        elastic?.Draw(random, padded.Height, padded.Width, displacements);
        fixed (float* right = displacements)
        {
            float* down = right == null ? null : right + plane;
            map.Run(
                source, image.Channels, image.Height, image.Width, padded.Height, padded.Width, target, Fill, right,
                down);
        }

        if (displacements is not null)
        {
            ArrayPool<float>.Shared.Return(displacements);
        }
    }

    // Returns the map from the pixels of the padded image back to those of the image.
    private AffineWarp Draw(ImageRandom random, ImageShape image, ImageShape padded)
    {
        var (a, b, c, d) = random.Block(ImageRandom.Distortion);
        var (e, f, g, _) = random.Block(ImageRandom.Distortion + 1);
        float right = ImageRandom.Signed(a) * bounds.Translation, down = ImageRandom.Signed(b) * bounds.Translation;
        float scale = 1 + (ImageRandom.Signed(c) * bounds.Scaling);
        float squeeze = 1 + (ImageRandom.Signed(d) * bounds.Squeezing);
        float shear = ImageRandom.Signed(e) * bounds.Shearing;
        var (sin, cos) = MathF.SinCos(ImageRandom.Signed(f) * bounds.Rotation * (MathF.PI / 180));
        float rise = ImageRandom.Signed(g) * bounds.VerticalShearing;

        // Forward, about the centres: x1 = scale squeeze (x + shear y), y1 = scale / squeeze y; y2 = y1 + rise x1;
        // x' = cos x1 - sin y2 + right, y' = sin x1 + cos y2 + down. Backward, without the translation:
        // x1 = cos x' + sin y', y1 = -sin x' + cos y' - rise x1.
        float x1y = sin, x1x = cos, y1x = -sin - (rise * cos), y1y = cos - (rise * sin);
        float xx = 1 / (scale * squeeze), yy = squeeze / scale, xy = -shear * yy;
        var map = new AffineWarp(
            (xx * x1x) + (xy * y1x), (xx * x1y) + (xy * y1y), 0, yy * y1x, yy * y1y, 0);
        float x0 = -(((padded.Width - 1) / 2f) + right), y0 = -(((padded.Height - 1) / 2f) + down);
        return map with
        {
            X0 = (map.Xx * x0) + (map.Xy * y0) + ((image.Width - 1) / 2f),
            Y0 = (map.Yx * x0) + (map.Yy * y0) + ((image.Height - 1) / 2f),
        };
    }
}
