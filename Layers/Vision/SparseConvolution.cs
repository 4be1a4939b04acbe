using Cnn.Layers.Kernels.Convolution;

namespace Cnn.Layers.Vision;

/// <summary>
/// Convolution with a connection table that leaves out most connections: computes one connection after another.
/// </summary>
internal sealed unsafe class SparseConvolution(LayerContext context, ConnectionTable table, WindowParameters window)
    : IConvolutionEngine
{
    // The convolution of one channel.
    private ConvolutionShapeNd? shape;

    /// <inheritdoc/>
    public void Prepare(ReadOnlySpan<int> spatial)
    {
        if (spatial.IsEmpty)
        {
            shape ??= new ConvolutionShapeNd(1, 1, 1, [1], [1], [0], [1], [1]);
        }
        else if (shape is null || !spatial.SequenceEqual(shape.Size))
        {
            shape = DenseConvolution.SizesOf(1, 1, 1, spatial, window);
        }
    }

    /// <inheritdoc/>
    public void Forward(int images, float* x, Blob weights, Blob? bias, float* y) => SparseConvolutionKernel.Forward(
        context.Pool, shape!, table, images, x, weights.ReadPointer, bias is null ? null : bias.ReadPointer, y);

    /// <inheritdoc/>
    public void WeightGradient(int images, float* x, float* dy, float* dw, float* db)
    {
        if (db != null)
        {
            ConvolutionKernel.BiasGradient(context.Pool, table.Outputs, shape!.OutPixels, images, dy, db);
        }

        if (dw != null)
        {
            SparseConvolutionKernel.WeightGradient(context.Pool, shape!, table, images, x, dy, dw);
        }
    }

    /// <inheritdoc/>
    public void InputGradient(int images, float* dy, Blob weights, float* dx) =>
        SparseConvolutionKernel.InputGradient(context.Pool, shape!, table, images, dy, weights.ReadPointer, dx);
}
