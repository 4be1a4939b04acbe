using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Patches as columns: [N, C, spatial...] to [N, C * taps, result...], where channel (c * taps + tap) holds what that
/// tap of every window sees, 0 beyond the border; and back, adding up what each pixel went to.
/// </summary>
internal static unsafe class Im2colKernel
{
    /// <summary>The columns of images.</summary>
    public static void Forward(ConvolutionShapeNd shape, int images, float* x, float* columns, WorkerPool pool) =>
        Run(shape, images, x, columns, false, pool);

    /// <summary>The images' gradient from the columns'; overwritten.</summary>
    public static void Backward(ConvolutionShapeNd shape, int images, float* columns, float* x, WorkerPool pool) =>
        Run(shape, images, x, columns, true, pool);

    private static void Run(ConvolutionShapeNd shape, int images, float* x, float* columns, bool back, WorkerPool pool)
    {
        var job = new Im2colJob
        {
            Shape = shape, Image = x, Columns = columns, BlockPixels = shape.OutPixels, Back = back,
        };
        pool.Run(images * shape.Channels, ref job);
    }
}
