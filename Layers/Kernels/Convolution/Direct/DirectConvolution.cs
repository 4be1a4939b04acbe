using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Direct;

/// <summary>
/// Convolution that reads the taps of each pixel from the image laid out with its border, without packing patches:
/// where the outputs fill vectors (<see cref="OutputVectors"/>).
/// </summary>
internal static unsafe class DirectConvolution
{
    // The least share of the vectors that the outputs fill. Tiles have half of the most rows or more, which is as fast.
    private const double LeastFilled = 0.75;

    /// <summary>Returns whether this algorithm is faster than one that packs patches.</summary>
    public static bool Suits(ConvolutionPlan plan)
    {
        ConvolutionShape shape = plan.Shape;
        int width = MicroKernels.Width, vectors = (shape.GroupOutputs + width - 1) / width;
        return VectorUnit.Path != VectorPath.Scalar
            && shape.GroupOutputs >= LeastFilled * vectors * width
            && 2 * plan.DirectTiles.Pixels >= MicroKernels.MaxRows * plan.DirectTiles.Count;
    }

    /// <summary>Runs <see cref="ConvolutionKernel.Forward"/>.</summary>
    public static void Forward(
        WorkerPool pool, ConvolutionPlan plan, int images, float* x, float* weights, float* bias, float* y,
        PackedWeights? packed, Rectifier? rectifier, float* addend)
    {
        ConvolutionShape shape = plan.Shape;
        var problem = new OutputProblem
        {
            X = x, InputStep = (nint)shape.GroupChannels * shape.Height * shape.Width, Layout = plan.Strip,
            Tiles = plan.DirectTiles, Strips = plan.Strips, StripPixels = plan.Strip.OutRows * shape.OutWidth,
            Taps = plan.Strip.Taps, Depth = plan.DirectTiles.Depth(shape.Taps), Weights = weights,
            Bias = bias, Y = y, Images = images, Groups = shape.Groups,
            M = shape.GroupOutputs, N = shape.OutPixels, K = shape.Taps, RowStep = shape.Taps, ColumnStep = 1,
            Rectifier = rectifier, Addend = addend,
        };
        OutputVectors.Run(pool, problem, packed);
    }
}
