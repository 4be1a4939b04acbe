using Cnn.Layers.Kernels;

namespace Cnn.Layers.Vision;

/// <summary>
/// Convolves each bottom [N, C, spatial...] with learned kernels: top [N, num_output, spatial...]. Blobs: weights
/// [num_output, C / group, kernel...] and, with <c>bias_term</c>, bias [num_output].
/// </summary>
[LayerType("Convolution")]
public sealed unsafe class ConvolutionLayer : ConvolutionBaseLayer
{
    // One of the two: up to two spatial axes, or more.
    private ConvolutionPlan? plan;
    private ConvolutionShapeNd? shapeNd;

    /// <summary>Makes the layer.</summary>
    public ConvolutionLayer(LayerContext context)
        : base(context)
    {
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        float* weights = Blobs[0].DataPointer, bias = HasBias ? Blobs[1].DataPointer : null;
        for (int i = 0; i < bottoms.Count && Images > 0; i++)
        {
            if (plan is not null)
            {
                Convolution.Forward(Context.Pool, plan, Images, bottoms[i].DataPointer, weights, bias, tops[i].DataPointer);
            }
            else
            {
                ConvolutionNd.Forward(
                    Context.Pool, shapeNd!, Images, bottoms[i].DataPointer, weights, bias, tops[i].DataPointer);
            }
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        for (int i = 0; i < tops.Count && Images > 0; i++)
        {
            float* dy = tops[i].DiffPointer;
            if (HasBias && NeedsGradient(1))
            {
                int pixels = tops[i].Count / (Images * Outputs);
                Convolution.BiasGradient(Context.Pool, Outputs, pixels, Images, dy, Blobs[1].DiffPointer);
            }

            if (NeedsGradient(0))
            {
                AddWeightGradient(bottoms[i].DataPointer, dy);
            }

            if (propagateDown[i])
            {
                ComputeInputGradient(dy, bottoms[i].DiffPointer);
            }
        }
    }

    /// <inheritdoc/>
    protected override (int First, int Second) WeightChannels() => (Outputs, Channels / Groups);

    /// <inheritdoc/>
    protected override long OutSize(int size, int axis) =>
        ((size + (2L * Window.Pad[axis]) - (((long)Window.Dilation[axis] * (Window.Kernel[axis] - 1)) + 1))
            / Window.Stride[axis]) + 1;

    /// <inheritdoc/>
    protected override void Plan(ReadOnlySpan<int> spatial)
    {
        WindowParameters w = Window;
        if (spatial.Length > 2)
        {
            if (shapeNd is null || !spatial.SequenceEqual(shapeNd.Size))
            {
                shapeNd = new ConvolutionShapeNd(
                    Channels, Outputs, Groups, spatial.ToArray(), w.Kernel, w.Pad, w.Stride, w.Dilation);
            }

            return;
        }

        // A single spatial axis is a row of height 1, none at all a single pixel.
        bool across = spatial.Length > 0, down = spatial.Length > 1;
        var shape = new ConvolutionShape(
            Channels,
            down ? spatial[0] : 1,
            across ? spatial[^1] : 1,
            Outputs,
            Groups,
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
            if (shape.LaidOutSize > int.MaxValue)
            {
                throw Context.Error($"an image with its border is too large: pad {string.Join(' ', w.Pad)}, stride {string.Join(' ', w.Stride)}");
            }

            plan = new ConvolutionPlan(shape);
        }
    }

    private void AddWeightGradient(float* x, float* dy)
    {
        if (plan is not null)
        {
            Convolution.WeightGradient(Context.Pool, plan, Images, x, dy, Blobs[0].DiffPointer);
        }
        else
        {
            ConvolutionNd.WeightGradient(Context.Pool, shapeNd!, Images, x, dy, Blobs[0].DiffPointer);
        }
    }

    private void ComputeInputGradient(float* dy, float* dx)
    {
        if (plan is not null)
        {
            Convolution.InputGradient(Context.Pool, plan, Images, dy, Blobs[0].DataPointer, dx);
        }
        else
        {
            ConvolutionNd.InputGradient(Context.Pool, shapeNd!, Images, dy, Blobs[0].DataPointer, dx);
        }
    }
}
