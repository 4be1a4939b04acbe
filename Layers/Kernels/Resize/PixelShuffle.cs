using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Resize;

/// <summary>
/// Makes blocks of r x r pixels of r x r channels: [N, C r r, H, W] to [N, C, H r, W r] with
/// <c>y[n, c, h r + i, w r + j] = x[n, (c r + i) r + j, h, w]</c> (Shi et al., "Real-time single image and video
/// super-resolution using an efficient sub-pixel convolutional neural network", CVPR 2016). A part is a channel of y.
/// </summary>
internal static unsafe class PixelShuffle
{
    /// <summary>Computes y from x, or with <paramref name="back"/> x from y.</summary>
    /// <param name="x">[planes r r, height, width].</param>
    /// <param name="y">[planes, height r, width r].</param>
    /// <param name="planes">N C.</param>
    /// <param name="height">Rows of x.</param>
    /// <param name="width">Columns of x.</param>
    /// <param name="r">The side of a block.</param>
    /// <param name="back">Whether to go back.</param>
    /// <param name="pool">The threads.</param>
    public static void Run(float* x, float* y, int planes, int height, int width, int r, bool back, WorkerPool pool)
    {
        KernelGuard.Array(x, planes, (long)r * r, height, width);
        KernelGuard.Array(y, planes, (long)r * r, height, width);
        var job = new Job(x, y, height, width, r, back);
        pool.Run(planes, ref job);
    }

    private readonly struct Job(float* x, float* y, int height, int width, int r, bool back) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            nint size = (nint)height * width;
            float* from = x + (part * size * r * r), plane = y + (part * size * r * r);
            for (int tap = 0; tap < r * r; tap++)
            {
                float* corner = plane + ((nint)(tap / r) * width * r) + (tap % r);
                for (int row = 0; row < height; row++, from += width)
                {
                    float* to = corner + (row * (nint)width * r * r);
                    for (int column = 0; column < width; column++)
                    {
                        if (back)
                        {
                            from[column] = to[column * r];
                        }
                        else
                        {
                            to[column * r] = from[column];
                        }
                    }
                }
            }
        }
    }
}
