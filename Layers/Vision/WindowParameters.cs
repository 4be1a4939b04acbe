using Cnn.Proto;
using Google.Protobuf.Collections;

namespace Cnn.Layers.Vision;

/// <summary>
/// Kernel, pad, stride and dilation of a <see cref="ConvolutionParameter"/>, one entry a spatial axis: from the repeated
/// fields, given not at all, once for all axes or once an axis, or from the two-dimensional pairs.
/// </summary>
internal sealed record WindowParameters(int[] Kernel, int[] Pad, int[] Stride, int[] Dilation)
{
    // Far above any use, low enough that sizes computed from them stay within 32 bits.
    private const uint Largest = 1 << 24;

    /// <summary>
    /// The size of a convolution's result along an axis. The division truncates towards zero as Caffe's does.
    /// </summary>
    public long OutSize(int size, int axis) =>
        ((size + (2L * Pad[axis]) - (((long)Dilation[axis] * (Kernel[axis] - 1)) + 1)) / Stride[axis]) + 1;

    /// <summary>Reads and checks the fields.</summary>
    /// <exception cref="CnnException">A field is missing, given twice over, or out of range.</exception>
    public static WindowParameters Read(LayerContext context, ConvolutionParameter parameter, int axes)
    {
        var reader = new Reader(context, parameter, axes);
        return new WindowParameters(
            reader.Axis(
                "kernel_size", ConvolutionParameter.KernelSizeFieldNumber, parameter.KernelSize, null, 1,
                ("kernel_h", parameter.HasKernelH, parameter.KernelH), ("kernel_w", parameter.HasKernelW, parameter.KernelW)),
            reader.Axis(
                "pad", ConvolutionParameter.PadFieldNumber, parameter.Pad, 0, 0,
                ("pad_h", parameter.HasPadH, parameter.PadH), ("pad_w", parameter.HasPadW, parameter.PadW)),
            reader.Axis(
                "stride", ConvolutionParameter.StrideFieldNumber, parameter.Stride, 1, 1,
                ("stride_h", parameter.HasStrideH, parameter.StrideH), ("stride_w", parameter.HasStrideW, parameter.StrideW)),
            reader.Axis(
                "dilation", ConvolutionParameter.DilationFieldNumber, parameter.Dilation, 1, 1, default, default));
    }

    private readonly struct Reader(LayerContext context, ConvolutionParameter parameter, int axes)
    {
        public int[] Axis(
            string name,
            int field,
            RepeatedField<uint> list,
            uint? absent,
            uint least,
            (string Name, bool Given, uint Value) down,
            (string Name, bool Given, uint Value) across)
        {
            var values = new uint[axes];
            if (down.Given || across.Given)
            {
                if (axes != 2)
                {
                    throw Error(field, $"{down.Name} and {across.Name} need two spatial axes, the bottom has {axes}", $"give {name} instead");
                }

                if (list.Count > 0)
                {
                    throw Error(field, $"{name} is given together with {down.Name} or {across.Name}", "give one or the other");
                }

                (values[0], values[1]) = (down.Given ? down.Value : 0, across.Given ? across.Value : 0);
            }
            else if (list.Count == 1 || list.Count == axes)
            {
                for (int i = 0; i < axes; i++)
                {
                    values[i] = list[list.Count == 1 ? 0 : i];
                }
            }
            else if (list.Count == 0 && (absent ?? (axes == 0 ? 1u : null)) is { } otherwise)
            {
                Array.Fill(values, otherwise);
            }
            else
            {
                throw Error(
                    field,
                    list.Count == 0
                        ? $"{name} is missing"
                        : $"{name} is given {list.Count} times, the bottom has {axes} spatial axes",
                    axes == 1 ? "give it once" : $"give it once, or {axes} times");
            }

            foreach (uint value in values)
            {
                if (value < least || value > Largest)
                {
                    throw Error(
                        field,
                        $"{name} is {value}, expected {least} to {Largest}",
                        down.Given != across.Given ? $"give both {down.Name} and {across.Name}" : null);
                }
            }

            return Array.ConvertAll(values, value => (int)value);
        }

        private CnnException Error(int field, string text, string? hint) => context.Error(parameter, field, text, hint);
    }
}
