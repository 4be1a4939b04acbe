using Cnn.Layers;
using Cnn.Layers.Kernels.Convolution;

namespace Cnn.Bench;

/// <summary>
/// Memory for one convolution, filled with small numbers. Zeros would take the hardware just as long, subnormals
/// longer.
/// </summary>
internal sealed class ConvolutionOperands
{
    public ConvolutionOperands(ConvolutionShape shape, int images)
    {
        (X, Dx) = (Filled(images * shape.ImageSize), new AlignedBuffer(images * shape.ImageSize));
        (Y, Dy) = (new AlignedBuffer(images * shape.OutSizeOfImage), Filled(images * shape.OutSizeOfImage));
        (Weights, WeightGradient) = (Filled(shape.Outputs * shape.Taps), new AlignedBuffer(shape.Outputs * shape.Taps));
        Bias = Filled(shape.Outputs);
    }

    public AlignedBuffer X { get; }

    public AlignedBuffer Dx { get; }

    public AlignedBuffer Y { get; }

    public AlignedBuffer Dy { get; }

    public AlignedBuffer Weights { get; }

    public AlignedBuffer WeightGradient { get; }

    public AlignedBuffer Bias { get; }

    private static AlignedBuffer Filled(int count)
    {
        var buffer = new AlignedBuffer(count);
        for (int i = 0; i < count; i++)
        {
            buffer.Span[i] = ((i % 17) - 8) * 0.01f;
        }

        return buffer;
    }
}
