using Cnn.Fillers;
using Cnn.Proto;
using Google.Protobuf.Collections;

namespace Cnn.Campaigns.References.Vision;

/// <summary>Draws the windows and images of convolutions.</summary>
internal static class ConvolutionDraws
{
    /// <summary>Draws kernel, stride, padding and dilation, in every form.</summary>
    public static void Window(PhiloxRandom random, ConvolutionParameter options, int axes)
    {
        if (axes == 2 && random.Chance(0.25))
        {
            (options.KernelH, options.KernelW) = ((uint)random.Between(1, 5), (uint)random.Between(1, 5));
        }
        else
        {
            Add(random, options.KernelSize, axes, () => random.Pick(1, 2, 3, 3, 3, 4, 5));
        }

        if (axes == 2 && random.Chance(0.2))
        {
            (options.StrideH, options.StrideW) = ((uint)random.Between(1, 3), (uint)random.Between(1, 3));
        }
        else if (random.Chance(0.5))
        {
            Add(random, options.Stride, axes, () => random.Between(1, 3));
        }

        if (axes == 2 && random.Chance(0.2))
        {
            random.Maybe(() => options.PadH = (uint)random.Between(0, 3));
            random.Maybe(() => options.PadW = (uint)random.Between(0, 3));
        }
        else if (random.Chance(0.6))
        {
            Add(random, options.Pad, axes, () => random.Between(0, 3));
        }

        if (random.Chance(0.25))
        {
            Add(random, options.Dilation, axes, () => random.Between(1, 3));
        }

        if (random.Chance(0.1))
        {
            options.Engine = random.Pick(
                ConvolutionParameter.Types.Engine.Default,
                ConvolutionParameter.Types.Engine.Caffe,
                ConvolutionParameter.Types.Engine.Cudnn);
            options.ForceNdIm2Col = random.Chance(0.5);
        }
    }

    /// <summary>Draws padding of each side, or as much as a size needs.</summary>
    public static void Sides(PhiloxRandom random, ConvolutionParameter options, int axes)
    {
        if (axes == 2 && random.Chance(0.15))
        {
            random.Maybe(() => options.PadL = (uint)random.Between(0, 3));
            random.Maybe(() => options.PadR = (uint)random.Between(0, 3));
            random.Maybe(() => options.PadT = (uint)random.Between(0, 3));
            random.Maybe(() => options.PadB = (uint)random.Between(0, 3));
        }
        else if (random.Chance(0.1))
        {
            options.PadType = random.Pick(0u, 1u, 1u);
        }
    }

    /// <summary>Draws the sizes of an image that has a window at least.</summary>
    public static int[] Sizes(PhiloxRandom random, ConvolutionParameter options, int axes, int most)
    {
        var sizes = new int[axes];
        ConvolutionWindow window = ConvolutionWindow.Of(options, sizes);
        for (int axis = 0; axis < axes; axis++)
        {
            // The division truncates, so an image may be smaller than its window by less than a stride.
            int least = options.PadType == 1
                ? 1
                : window.Extent(axis) - window.Before[axis] - window.After[axis] - (random.Chance(0.1) ? window.Stride[axis] - 1 : 0);
            sizes[axis] = Math.Max(1, least) + random.Between(0, most);
        }

        return sizes;
    }

    /// <summary>Returns the multiplications of a convolution of a bottom.</summary>
    public static long Work(ConvolutionParameter options, int[] shape, int axis)
    {
        int[] sizes = shape[(axis + 1)..];
        ConvolutionWindow window = ConvolutionWindow.Of(options, sizes);
        return window.Windows(sizes).Concat(window.Kernel).Concat(shape[..(axis + 1)])
            .Aggregate(options.NumOutput / (long)options.Group, (n, d) => n * d);
    }

    /// <summary>Draws fillers, whose values are replaced.</summary>
    public static void Fillers(PhiloxRandom random, ConvolutionParameter options)
    {
        random.Maybe(() => options.BiasTerm = random.Chance(0.5));
        random.Maybe(() => options.WeightFiller = new FillerParameter { Type = "xavier" });
        random.Maybe(() => options.BiasFiller = new FillerParameter { Type = "constant", Value = 1 });
    }

    private static void Add(PhiloxRandom random, RepeatedField<uint> to, int axes, Func<int> draw) =>
        to.Add(Enumerable.Range(0, random.Chance(0.7) ? 1 : axes).Select(_ => (uint)draw()));
}
