using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary>Draws the windows and images of pooling.</summary>
internal static class PoolingDraws
{
    /// <summary>Draws kernel, stride, padding and rounding, in every form.</summary>
    public static void Window(PhiloxRandom random, PoolingParameter options, bool isPadded)
    {
        if (random.Chance(0.3))
        {
            (options.KernelH, options.KernelW) = ((uint)random.Between(1, 4), (uint)random.Between(1, 4));
        }
        else
        {
            options.KernelSize = (uint)random.Pick(1, 2, 2, 3, 3, 4, 5);
        }

        if (random.Chance(0.25))
        {
            (options.StrideH, options.StrideW) = ((uint)random.Between(1, 4), (uint)random.Between(1, 4));
        }
        else
        {
            random.Maybe(() => options.Stride = (uint)random.Between(1, 3));
        }

        if (isPadded)
        {
            Padding(random, options);
        }

        switch (random.Between(0, 7))
        {
            case 0:
                options.RoundMode = PoolingParameter.Types.RoundMode.Floor;
                random.Maybe(() => options.CeilMode = random.Chance(0.5));
                break;
            case 1:
                options.RoundMode = PoolingParameter.Types.RoundMode.Ceil;
                random.Maybe(() => options.CeilMode = random.Chance(0.5));
                break;
            case 2:
                options.CeilMode = random.Chance(0.5);
                break;
            case 3:
                options.TorchPooling = random.Chance(0.7);
                break;
        }

        if (random.Chance(0.1))
        {
            options.Engine = random.Pick(
                PoolingParameter.Types.Engine.Default, PoolingParameter.Types.Engine.Caffe, PoolingParameter.Types.Engine.Cudnn);
        }
    }

    /// <summary>Draws the sizes of an image that each window fits in, with its padding.</summary>
    public static int[] Sizes(PhiloxRandom random, PoolingParameter options, int most)
    {
        int height = random.Between(1, most), width = random.Between(1, most);
        if (!options.GlobalPooling && options.PadType == 0)
        {
            (PoolingWindows rows, PoolingWindows columns) = PoolingReference.Windows(options, new ReferenceBlob(1, 1, 1, 1));
            height = Math.Max(height, rows.Kernel - rows.Before - rows.After);
            width = Math.Max(width, columns.Kernel - columns.Before - columns.After);
        }

        return [height, width];
    }

    // Each side is less than the kernel.
    private static void Padding(PhiloxRandom random, PoolingParameter options)
    {
        int high = (int)(options.HasKernelH ? options.KernelH : options.KernelSize) - 1;
        int wide = (int)(options.HasKernelH ? options.KernelW : options.KernelSize) - 1;
        switch (random.Between(0, 9))
        {
            case 0 or 1:
                options.Pad = (uint)random.Between(0, Math.Min(high, wide));
                break;
            case 2:
                random.Maybe(() => options.PadH = (uint)random.Between(0, high));
                random.Maybe(() => options.PadW = (uint)random.Between(0, wide));
                break;
            case 3:
                random.Maybe(() => options.PadT = (uint)random.Between(0, high));
                random.Maybe(() => options.PadB = (uint)random.Between(0, high));
                random.Maybe(() => options.PadL = (uint)random.Between(0, wide));
                random.Maybe(() => options.PadR = (uint)random.Between(0, wide));
                break;
            case 4:
                options.PadType = random.Pick(0u, 1u, 1u);
                break;
        }
    }
}
