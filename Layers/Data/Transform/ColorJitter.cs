using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// The random changes of colours of <c>transform_param</c>: factors of brightness, contrast and saturation, and a turn
/// of the hue, in this order (Howard, "Some improvements on deep convolutional neural network based image
/// classification", 2013).
/// </summary>
internal sealed unsafe class ColorJitter
{
    private readonly LayerContext context;
    private readonly ColorJitterParameter bounds;

    /// <summary>Checks the bounds.</summary>
    /// <exception cref="CnnException">One is out of range.</exception>
    public ColorJitter(LayerContext context, ColorJitterParameter bounds)
    {
        (this.context, this.bounds) = (context, bounds);
        Check(ColorJitterParameter.BrightnessFieldNumber, bounds.Brightness, 1);
        Check(ColorJitterParameter.ContrastFieldNumber, bounds.Contrast, 1);
        Check(ColorJitterParameter.SaturationFieldNumber, bounds.Saturation, 1);
        Check(ColorJitterParameter.HueFieldNumber, bounds.Hue, 0.5f);

        void Check(int field, float value, float largest) =>
            FieldRange.Require(context, bounds, field, value, 0, largest);
    }

    /// <summary>Checks that images of a shape have the colours to change.</summary>
    /// <exception cref="CnnException">They do not.</exception>
    public void Check(ImageShape shape)
    {
        Require(ColorJitterParameter.SaturationFieldNumber, "saturation", bounds.Saturation);
        Require(ColorJitterParameter.HueFieldNumber, "hue", bounds.Hue);

        void Require(int field, string name, float bound)
        {
            if (bound > 0 && shape.Channels != 3)
            {
                throw context.Error(
                    bounds,
                    field,
                    $"{name} is {bound}, but the images are {shape}",
                    "it is for three channels, in the order blue, green, red; brightness and contrast are for any");
            }
        }
    }

    /// <summary>Changes the colours of a window of one image.</summary>
    /// <param name="random">The image's random numbers.</param>
    /// <param name="source">The image, of bytes or floats.</param>
    /// <param name="window">Its shape and the window.</param>
    /// <param name="isBytes">Whether its values stay within 0 to 255.</param>
    /// <param name="target">Receives the window, at the same place; may be the source.</param>
    public void Run<T>(ImageRandom random, T* source, in ImageWindow window, bool isBytes, float* target)
        where T : unmanaged
    {
        var (a, b, c, d) = random.Block(ImageRandom.ColorJitter);
        var shift = new ColorShift(
            1 + (ImageRandom.Signed(a) * bounds.Brightness),
            bounds.Contrast == 0 ? null : 1 + (ImageRandom.Signed(b) * bounds.Contrast),
            bounds.Saturation == 0 ? null : 1 + (ImageRandom.Signed(c) * bounds.Saturation),
            bounds.Hue == 0 ? null : ImageRandom.Signed(d) * bounds.Hue,
            isBytes ? 0 : float.NegativeInfinity,
            isBytes ? 255 : float.PositiveInfinity);
        shift.Run(source, window, target);
    }
}
