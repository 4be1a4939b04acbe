using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Converts patches to columns, from [N, C, spatial...] to [N, C * taps, result...], where channel (c * taps + tap)
/// holds the values that this tap sees in every window, 0 beyond the border. The backward pass sums, for each pixel,
/// the gradients of all its copies.
/// </summary>
internal static unsafe class Im2colKernel
{
    /// <summary>Computes the columns of images.</summary>
    public static void Forward(ConvolutionShapeNd shape, int images, float* x, float* columns, WorkerPool pool) =>
        Run(shape, images, x, columns, false, pool);

    /// <summary>Computes the gradient of the images from that of the columns; overwrites it.</summary>
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
