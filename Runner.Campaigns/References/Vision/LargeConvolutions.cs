using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>
/// Draws convolutions with enough channels and pixels for the ways of computing them that pay for large ones alone: transforms of 3 x 3
/// windows, products of packed panels, planes of their own for each channel.
/// </summary>
internal static class LargeConvolutions
{
    /// <summary>Draws a case.</summary>
    public static ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new ConvolutionParameter();
        int channels, outputs, side;
        switch (random.Between(0, 3))
        {
            case 0:
                Window(random.Pick(3, 3, 3, 5), 1, random.Between(0, 2));
                (channels, outputs, side) = (random.Between(16, 40), random.Between(16, 40), random.Between(6, 16));
                break;
            case 1:
                Window(random.Between(3, 7), random.Between(1, 2), random.Between(0, 3));
                (channels, outputs, side) = (random.Between(1, 4), random.Between(16, 48), random.Between(12, 34));
                break;
            case 2:
                Window(1, random.Pick(1, 1, 2), 0);
                (channels, outputs, side) = (random.Between(8, 70), random.Between(8, 70), random.Between(5, 14));
                break;
            default:
                Window(random.Pick(3, 3, 3, 5), random.Between(1, 2), random.Between(0, 2));
                (channels, side) = (random.Between(4, 24), random.Between(8, 34));
                outputs = channels;
                options.Group = (uint)channels;
                break;
        }

        options.NumOutput = (uint)outputs;
        random.Maybe(() => options.BiasTerm = random.Chance(0.5));
        random.Maybe(() => options.Relu = random.Chance(0.4));
        int[] shape = Shape();
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, ConvolutionParam = options },
            Bottoms = [new ReferenceBottom(shape, Fillings.Uniform()) { LaterShape = random.Chance(0.2) ? Shape() : null }],
            Passes = random.Pick(1, 1, 2),
            Work = ConvolutionDraws.Work(options, shape, 1),
        };

        void Window(int kernel, int stride, int pad)
        {
            options.KernelSize.Add((uint)kernel);
            options.Stride.Add((uint)stride);
            options.Pad.Add((uint)pad);
        }

        int[] Shape() => [random.Between(1, 3), channels, side, side + random.Between(0, 5)];
    }
}
