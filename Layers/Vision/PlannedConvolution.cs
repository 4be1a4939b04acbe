using Cnn.Layers.Kernels;
using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// The convolution kernels for one layer: the two-dimensional plan for up to two spatial axes, columns for more. Keeps
/// what the sizes alone decide until they change.
/// </summary>
internal sealed unsafe class PlannedConvolution(LayerContext context)
{
    // One of the two.
    private ConvolutionPlan? plan;
    private ConvolutionShapeNd? shapeNd;

    /// <summary>Prepares for images of these channels and sizes.</summary>
    /// <exception cref="CnnException">What the kernels lay out for one image would be too large.</exception>
    public void Prepare(int channels, int outputs, int groups, ReadOnlySpan<int> spatial, WindowParameters window)
    {
        WindowParameters w = window;
        if (spatial.Length > 2)
        {
            if (shapeNd is null || !spatial.SequenceEqual(shapeNd.Size))
            {
                var wanted = new ConvolutionShapeNd(
                    channels, outputs, groups, spatial.ToArray(), w.Kernel, w.Pad, w.Stride, w.Dilation);
                RefuseAbove((double)wanted.Taps * wanted.OutPixels, w);
                shapeNd = wanted;
            }

            return;
        }

        // A single spatial axis is a row of height 1, none at all a single pixel.
        bool across = spatial.Length > 0, down = spatial.Length > 1;
        var shape = new ConvolutionShape(
            channels,
            down ? spatial[0] : 1,
            across ? spatial[^1] : 1,
            outputs,
            groups,
            down ? w.Kernel[0] : 1,
            across ? w.Kernel[^1] : 1,
            down ? w.Pad[0] : 0,
            across ? w.Pad[^1] : 0,
            down ? w.Stride[0] : 1,
            across ? w.Stride[^1] : 1,
            down ? w.Dilation[0] : 1,
            across ? w.Dilation[^1] : 1);
        if (plan is null || plan.Shape != shape)
        {
            RefuseAbove(shape.LaidOutSize, w);
            plan = new ConvolutionPlan(shape);
        }
    }

    /// <summary>Whether a pass over so many images would read the weights.</summary>
    public bool NeedsWeights(int images, KeptWeights kept) => Convolution.NeedsWeights(plan!, images, kept);

    /// <summary>
    /// y from x; the bias may be null. Only up to two spatial axes take kept weights and a rectifier.
    /// </summary>
    public void Forward(
        int images, float* x, float* weights, float* bias, float* y, KeptWeights? kept = null, float? rectifier = null)
    {
        if (plan is not null)
        {
            Convolution.Forward(context.Pool, plan, images, x, weights, bias, y, kept, rectifier);
        }
        else
        {
            ConvolutionNd.Forward(context.Pool, shapeNd!, images, x, weights, bias, y);
        }
    }

    /// <summary>dw += the gradient of the weights; db, where there is one, += that of the bias.</summary>
    public void WeightGradient(int images, float* x, float* dy, float* dw, float* db = null)
    {
        if (plan is not null)
        {
            Convolution.WeightGradient(context.Pool, plan, images, x, dy, dw, db);
        }
        else
        {
            if (db != null)
            {
                Convolution.BiasGradient(context.Pool, shapeNd!.Outputs, shapeNd.OutPixels, images, dy, db);
            }

            ConvolutionNd.WeightGradient(context.Pool, shapeNd!, images, x, dy, dw);
        }
    }

    /// <summary>dx from dy.</summary>
    public void InputGradient(int images, float* dy, float* weights, float* dx)
    {
        if (plan is not null)
        {
            Convolution.InputGradient(context.Pool, plan, images, dy, weights, dx);
        }
        else
        {
            ConvolutionNd.InputGradient(context.Pool, shapeNd!, images, dy, weights, dx);
        }
    }

    private void RefuseAbove(double size, WindowParameters w)
    {
        if (size > int.MaxValue / 2)
        {
            throw context.Error(
                $"an image with its border is too large: pad {string.Join(' ', w.Pad)}, stride "
                + $"{string.Join(' ', w.Stride)}");
        }
    }
}
