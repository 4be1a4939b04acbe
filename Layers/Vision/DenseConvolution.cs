using Cnn.Layers.Kernels.Convolution;
using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Vision;

/// <summary>
/// The plain convolution. It uses the two-dimensional plan for up to two spatial axes, or that of
/// <see cref="DepthwiseConvolution"/> if each channel has a kernel of its own; it uses columns for more axes,
/// and for images so large that the plan's memory for a strip or for a whole padded image would be more than an array
/// holds. What depends on the sizes alone is kept until they change.
/// </summary>
/// <param name="context">The layer's context.</param>
/// <param name="channels">Channels of an image.</param>
/// <param name="outputs">Channels of a result.</param>
/// <param name="groups">The number of groups of channels.</param>
/// <param name="window">The windows.</param>
internal sealed unsafe class DenseConvolution(
    LayerContext context, int channels, int outputs, int groups, WindowParameters window) : IConvolutionEngine
{
    // One of the three is used.
    private ConvolutionPlan? plan;
    private DepthwisePlan? depthwise;
    private ConvolutionShapeNd? shapeNd;

    /// <summary>The maximum number of floats that the plan may use for one purpose.</summary>
    internal long MostFloats { get; init; } = ConvolutionPlan.MostFloats;

    /// <inheritdoc/>
    public void Prepare(ReadOnlySpan<int> spatial)
    {
        WindowParameters w = window;
        if (spatial.Length > 2)
        {
            PrepareColumns(spatial, w);
            return;
        }

        // With a single spatial axis the image is a row of height 1; with none it is a single pixel.
        bool across = spatial.Length > 0, down = spatial.Length > 1;
        int height = down ? spatial[0] : 1, width = across ? spatial[^1] : 1;
        var (above, below) = down ? w.PaddingOf(height, 0) : default;
        var (left, right) = across ? w.PaddingOf(width, spatial.Length - 1) : default;
        var shape = new ConvolutionShape(
            channels,
            height,
            width,
            outputs,
            groups,
            down ? w.Kernel[0] : 1,
            across ? w.Kernel[^1] : 1,
            above,
            left,
            down ? w.Stride[0] : 1,
            across ? w.Stride[^1] : 1,
            down ? w.Dilation[0] : 1,
            across ? w.Dilation[^1] : 1,
            below - above,
            right - left);
        if ((plan is not null && plan.Shape == shape) || (depthwise is not null && depthwise.Shape == shape))
        {
            return;
        }

        bool fits = ConvolutionPlan.Fits(shape, MostFloats), isDepthwise = fits && DepthwiseConvolution.Suits(shape);
        depthwise = isDepthwise ? new DepthwisePlan(shape) : null;
        plan = fits && !isDepthwise ? new ConvolutionPlan(shape) : null;
        if (!fits)
        {
            PrepareColumns(
                [height, width],
                new WindowParameters(
                    [shape.KernelHeight, shape.KernelWidth],
                    [above, left],
                    [shape.StrideHeight, shape.StrideWidth],
                    [shape.DilationHeight, shape.DilationWidth])
                {
                    Padding = new WindowPadding([above, left], [below, right]),
                });
        }
    }

    /// <summary>Returns whether a pass over a number of images reads the weights, not only the packed ones.</summary>
    public bool NeedsWeights(int images, PackedWeights packed) =>
        depthwise is not null ? !packed.Has(WeightForm.Stored)
        : plan is null || ConvolutionKernel.NeedsWeights(plan, images, packed);

    /// <inheritdoc/>
    public void Forward(int images, float* x, Blob weights, Blob? bias, float* y) =>
        Forward(images, x, weights.ReadPointer, bias is null ? null : bias.ReadPointer, y, null, null);

    /// <summary>
    /// Computes y from x, with packed weights of earlier passes and a rectifier applied to the result.
    /// </summary>
    /// <param name="images">Number of images.</param>
    /// <param name="x">The images.</param>
    /// <param name="weights">May be null where <see cref="NeedsWeights"/> is false.</param>
    /// <param name="bias">May be null.</param>
    /// <param name="y">The results; overwritten.</param>
    /// <param name="packed">Packed weights; null to pack the weights in each pass.</param>
    /// <param name="rectifier">The rectifier of the result; null for none.</param>
    /// <param name="addend">As y, added to the result before the rectifier; or null.</param>
    public void Forward(
        int images, float* x, float* weights, float* bias, float* y, PackedWeights? packed, Rectifier? rectifier,
        float* addend = null)
    {
        if (addend != null && plan is null)
        {
            Forward(images, x, weights, bias, y, packed, null);
            int pixels = depthwise?.Shape.OutPixels ?? shapeNd!.OutPixels;
            Rectify.Sum(context.Pool, y, addend, images * outputs * pixels, rectifier);
            return;
        }

        if (depthwise is not null)
        {
            weights = packed is null ? weights : Kept(packed, weights);
            DepthwiseConvolution.Forward(context.Pool, depthwise, images, x, weights, bias, y, rectifier);
        }
        else if (plan is not null)
        {
            ConvolutionKernel.Forward(context.Pool, plan, images, x, weights, bias, y, packed, rectifier, addend);
        }
        else
        {
            Im2colConvolution.Forward(context.Pool, shapeNd!, images, x, weights, bias, y, rectifier);
        }
    }

    /// <inheritdoc/>
    public void WeightGradient(int images, float* x, float* dy, float* dw, float* db)
    {
        if (depthwise is not null)
        {
            DepthwiseConvolution.WeightGradient(context.Pool, depthwise, images, x, dy, dw, db);
            return;
        }

        if (plan is not null && dw != null)
        {
            ConvolutionKernel.WeightGradient(context.Pool, plan, images, x, dy, dw, db);
            return;
        }

        if (db != null)
        {
            int pixels = plan is null ? shapeNd!.OutPixels : plan.Shape.OutPixels;
            ConvolutionKernel.BiasGradient(context.Pool, outputs, pixels, images, dy, db);
        }

        if (dw != null)
        {
            Im2colConvolution.WeightGradient(context.Pool, shapeNd!, images, x, dy, dw);
        }
    }

    /// <inheritdoc/>
    public void InputGradient(int images, float* dy, Blob weights, float* dx)
    {
        if (depthwise is not null)
        {
            DepthwiseConvolution.InputGradient(context.Pool, depthwise, images, dy, weights.ReadPointer, dx);
        }
        else if (plan is not null)
        {
            ConvolutionKernel.InputGradient(context.Pool, plan, images, dy, weights.ReadPointer, dx);
        }
        else
        {
            Im2colConvolution.InputGradient(context.Pool, shapeNd!, images, dy, weights.ReadPointer, dx);
        }
    }

    // Depthwise weights are used as they are; folded ones have to be kept.
    private float* Kept(PackedWeights packed, float* weights)
    {
        int count = outputs * depthwise!.Shape.Taps;
        float* kept = packed.Buffer(WeightForm.Stored, count, out bool isReady);
        if (!isReady)
        {
            new ReadOnlySpan<float>(weights, count).CopyTo(new Span<float>(kept, count));
            packed.MarkPacked(WeightForm.Stored, count);
        }

        return kept;
    }

    private void PrepareColumns(ReadOnlySpan<int> size, WindowParameters w)
    {
        if (shapeNd is null || !size.SequenceEqual(shapeNd.Size))
        {
            shapeNd = SizesOf(channels, outputs, groups, size, w);
        }
    }

    /// <summary>Returns the sizes of a convolution over any number of axes.</summary>
    internal static ConvolutionShapeNd SizesOf(
        int channels, int outputs, int groups, ReadOnlySpan<int> size, WindowParameters w)
    {
        int[] before = new int[size.Length], after = new int[size.Length];
        for (int i = 0; i < size.Length; i++)
        {
            (before[i], after[i]) = w.PaddingOf(size[i], i);
        }

        return new ConvolutionShapeNd(
            channels, outputs, groups, size.ToArray(), w.Kernel, before, w.Stride, w.Dilation, after);
    }
}
