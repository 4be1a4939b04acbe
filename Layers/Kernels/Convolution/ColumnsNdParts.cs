using Cnn.Layers.Kernels.Threading;

namespace Cnn.Layers.Kernels;

/// <summary>
/// One channel a part: fills the channel's rows of the columns from the image, or adds them up into the image, which is
/// cleared first.
/// </summary>
internal unsafe struct ColumnsNdParts : IParts
{
    public ConvolutionShapeNd Shape;
    public float* Image, Columns;
    public bool Back;

    public readonly void Run(int part, int worker)
    {
        float* image = Image + ((nint)part * Shape.Pixels);
        int axes = Shape.Size.Length, pixels = Shape.OutPixels;
        float* columns = Columns + ((nint)part * Shape.KernelTaps * pixels);
        if (Back)
        {
            new Span<float>(image, Shape.Pixels).Clear();
        }

        Span<int> tap = stackalloc int[axes], at = stackalloc int[axes];
        tap.Clear();
        for (int t = 0; t < Shape.KernelTaps; t++, Next(tap, Shape.Kernel))
        {
            at.Clear();
            for (int p = 0; p < pixels; p++, Next(at, Shape.OutSize))
            {
                nint place = Place(tap, at);
                if (!Back)
                {
                    *columns++ = place < 0 ? 0 : image[place];
                }
                else
                {
                    float value = *columns++;
                    if (place >= 0)
                    {
                        image[place] += value;
                    }
                }
            }
        }
    }

    // Counts up like an odometer, the last axis fastest.
    private static void Next(Span<int> index, int[] limits)
    {
        for (int i = index.Length - 1; i >= 0; i--)
        {
            if (++index[i] < limits[i])
            {
                return;
            }

            index[i] = 0;
        }
    }

    // Where a tap of an output pixel lies in the image, or -1 outside of it.
    private readonly nint Place(Span<int> tap, Span<int> at)
    {
        nint place = 0;
        for (int i = 0; i < tap.Length; i++)
        {
            int x = (at[i] * Shape.Stride[i]) - Shape.Pad[i] + (tap[i] * Shape.Dilation[i]);
            if (x < 0 || x >= Shape.Size[i])
            {
                return -1;
            }

            place = (place * Shape.Size[i]) + x;
        }

        return place;
    }
}
