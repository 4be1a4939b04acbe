using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// Covers random squares of an image (DeVries and Taylor, "Improved regularization of convolutional neural networks
/// with cutout", 2017). Their centres are drawn evenly from the image's pixels; what is outside the image is cut off.
/// </summary>
internal sealed unsafe class Cutout
{
    private readonly CutoutParameter parameter;

    /// <summary>Checks the definition.</summary>
    /// <exception cref="CnnException">A size is missing, given twice, or out of range.</exception>
    public Cutout(LayerContext context, CutoutParameter parameter)
    {
        this.parameter = parameter;
        if (!parameter.HasSize && !parameter.HasShare)
        {
            throw context.Error(
                parameter, 0, "cutout gives neither size nor share", "give the squares' side as one of them");
        }

        if (parameter.HasSize && parameter.HasShare)
        {
            throw context.Error(
                parameter, CutoutParameter.ShareFieldNumber, "size and share are both given in cutout", "give one");
        }

        if (parameter.HasMinSize && parameter.HasShare)
        {
            throw context.Error(
                parameter,
                CutoutParameter.MinSizeFieldNumber,
                "min_size and share are both given in cutout",
                "min_size goes with size");
        }

        Check(CutoutParameter.CountFieldNumber, parameter.Count, 1, 256);
        Check(CutoutParameter.SizeFieldNumber, parameter.Size, 0, 1 << 14);
        Check(CutoutParameter.MinSizeFieldNumber, parameter.MinSize, 0, parameter.Size);
        Check(CutoutParameter.ShareFieldNumber, parameter.Share, 0, 1);
        Check(CutoutParameter.FillFieldNumber, parameter.Fill, -(1 << 20), 1 << 20);

        void Check(int field, double value, double least, double largest) =>
            FieldRange.Require(context, parameter, field, value, least, largest);
    }

    /// <summary>Covers the squares of one image.</summary>
    /// <param name="random">The image's random numbers.</param>
    /// <param name="image">The image, as it goes into the net.</param>
    /// <param name="shape">Its shape.</param>
    public void Run(ImageRandom random, float* image, ImageShape shape)
    {
        int largest = parameter.HasShare
            ? (int)MathF.Round(parameter.Share * Math.Min(shape.Height, shape.Width))
            : (int)parameter.Size;
        int least = parameter.HasMinSize ? (int)parameter.MinSize : largest;
        for (uint i = 0; i < parameter.Count; i++)
        {
            var (a, b, c, _) = random.Block(ImageRandom.Cutout + i);
            int side = least + ImageRandom.Below(c, largest - least + 1);
            int top = ImageRandom.Below(a, shape.Height) - (side / 2);
            int left = ImageRandom.Below(b, shape.Width) - (side / 2);
            RectangleFill.Run(
                image, shape.Channels, shape.Height, shape.Width, top, left, side, side, parameter.Fill);
        }
    }
}
