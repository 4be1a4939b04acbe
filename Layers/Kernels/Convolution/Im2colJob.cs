using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Fills a channel's rows of the columns, for some pixels of the result, from the image (im2col), or adds them to the
/// image (col2im), which the block with the first pixel clears before. A part is one channel.
/// </summary>
internal unsafe struct Im2colJob : IParallelJob
{
    public ConvolutionShapeNd Shape;
    public float* Image, Columns;
    public int FirstPixel, BlockPixels;
    public bool Back;

    public readonly void Run(int part, int worker)
    {
        float* image = Image + ((nint)part * Shape.Pixels);
        nint size = (nint)Shape.KernelTaps * BlockPixels;
        float* columns = Columns + (part * size);
        if (!Back)
        {
            new Span<float>(columns, checked((int)size)).Clear();
        }
        else if (FirstPixel == 0)
        {
            new Span<float>(image, Shape.Pixels).Clear();
        }

        var runs = new KernelRuns(Shape, stackalloc int[2 * Shape.Size.Length], FirstPixel, BlockPixels);
        while (runs.Next())
        {
            float* pixels = image + runs.Pixel,
                column = columns + ((nint)runs.Tap * BlockPixels) + (runs.OutPixel - FirstPixel);
            if (Back)
            {
                Add(column, pixels, runs.Count, runs.Step);
            }
            else
            {
                Copy(pixels, runs.Step, column, runs.Count);
            }
        }
    }

    private static void Copy(float* pixels, int step, float* column, int count)
    {
        if (step == 1)
        {
            new ReadOnlySpan<float>(pixels, count).CopyTo(new Span<float>(column, count));
            return;
        }

        for (int i = 0; i < count; i++)
        {
            column[i] = pixels[(nint)i * step];
        }
    }

    private static void Add(float* column, float* pixels, int count, int step)
    {
        int i = 0;
        for (; step == 1 && i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            (Vector512.Load(pixels + i) + Vector512.Load(column + i)).Store(pixels + i);
        }

        for (; i < count; i++)
        {
            pixels[(nint)i * step] += column[i];
        }
    }
}
