using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels;

/// <summary>
/// Convolution over any number of axes, by way of a matrix of columns for one image and group at a time: [taps, output
/// pixels], in the pool's scratch memory. Formula and conventions as in <see cref="Convolution"/>.
/// </summary>
internal static unsafe class ConvolutionNd
{
    /// <summary>y = x convolved with the weights, plus the bias (null for none).</summary>
    public static void Forward(
        WorkerPool pool, ConvolutionShapeNd shape, int images, float* x, float* weights, float* bias, float* y)
    {
        int outputs = shape.Outputs / shape.Groups, taps = shape.Taps, pixels = shape.OutPixels;
        float* columns = pool.Scratch(0, ScratchSlot.Columns, (long)taps * pixels);
        for (int slice = 0; slice < images * shape.Groups; slice++)
        {
            int group = slice % shape.Groups;
            Move(pool, shape, x + ((nint)slice * (shape.Channels / shape.Groups) * shape.Pixels), columns, false);
            Product.Run(
                pool, false, false, outputs, pixels, taps, weights + ((nint)group * outputs * taps), taps, columns, pixels,
                y + ((nint)slice * outputs * pixels), pixels, bias != null ? AddTo.RowBias : AddTo.Nothing, bias + (group * outputs));
        }
    }

    /// <summary>dx = the gradient of x; overwritten.</summary>
    public static void InputGradient(
        WorkerPool pool, ConvolutionShapeNd shape, int images, float* dy, float* weights, float* dx)
    {
        int outputs = shape.Outputs / shape.Groups, taps = shape.Taps, pixels = shape.OutPixels;
        float* columns = pool.Scratch(0, ScratchSlot.Columns, (long)taps * pixels);
        for (int slice = 0; slice < images * shape.Groups; slice++)
        {
            Product.Run(
                pool, true, false, taps, pixels, outputs, weights + ((nint)(slice % shape.Groups) * outputs * taps), taps,
                dy + ((nint)slice * outputs * pixels), pixels, columns, pixels);
            Move(pool, shape, dx + ((nint)slice * (shape.Channels / shape.Groups) * shape.Pixels), columns, true);
        }
    }

    /// <summary>dW += the gradient of the weights.</summary>
    public static void WeightGradient(
        WorkerPool pool, ConvolutionShapeNd shape, int images, float* x, float* dy, float* dw)
    {
        int outputs = shape.Outputs / shape.Groups, taps = shape.Taps, pixels = shape.OutPixels;
        float* columns = pool.Scratch(0, ScratchSlot.Columns, (long)taps * pixels);
        for (int slice = 0; slice < images * shape.Groups; slice++)
        {
            Move(pool, shape, x + ((nint)slice * (shape.Channels / shape.Groups) * shape.Pixels), columns, false);
            Product.Run(
                pool, false, true, outputs, taps, pixels, dy + ((nint)slice * outputs * pixels), pixels, columns, pixels,
                dw + ((nint)(slice % shape.Groups) * outputs * taps), taps, AddTo.Existing);
        }
    }

    private static void Move(WorkerPool pool, ConvolutionShapeNd shape, float* image, float* columns, bool back)
    {
        var move = new ColumnsNdParts { Shape = shape, Image = image, Columns = columns, Back = back };
        pool.Run(shape.Channels / shape.Groups, ref move);
    }
}
