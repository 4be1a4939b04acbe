using Cnn.Layers.Kernels.Pooling;
using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Layers.Vision;

/// <summary>
/// Windows that slide over [N, C, H, W] and always lie within the image: no padding, and a stride of the window's side
/// where none is given. Rows and columns left over that do not fill a window are ignored.
/// </summary>
/// <param name="KernelHeight">Rows of a window.</param>
/// <param name="KernelWidth">Columns.</param>
/// <param name="StrideHeight">Rows from window to window.</param>
/// <param name="StrideWidth">Columns.</param>
internal readonly record struct UnpaddedWindows(int KernelHeight, int KernelWidth, int StrideHeight, int StrideWidth)
{
    /// <summary>Reads the fields <c>kernel_size</c> and <c>stride</c> of a message, or their pairs.</summary>
    /// <exception cref="CnnException">A size is missing, given twice or out of range.</exception>
    public static UnpaddedWindows Read(LayerContext context, IMessage options)
    {
        var reader = new WindowReader(context, options, 2);
        int[] kernel = reader.Kernel(), stride = reader.StrideOr(kernel);
        return new UnpaddedWindows(kernel[0], kernel[1], stride[0], stride[1]);
    }

    /// <summary>Returns the windows of a bottom.</summary>
    /// <exception cref="CnnException">The bottom does not have 4 axes, or is smaller than a window.</exception>
    public PoolingShape Over(LayerContext context, Blob bottom)
    {
        string name = context.Parameter.Bottom[0];
        if (bottom.AxisCount != 4)
        {
            throw context.Error(
                $"bottom '{name}' has shape {bottom.ShapeText}",
                $"{context.Parameter.Type} takes 4 axes: [N, C, H, W]");
        }

        int height = bottom.Dim(2), width = bottom.Dim(3);
        if (height < KernelHeight || width < KernelWidth)
        {
            throw context.Error(
                $"a window of {KernelHeight} x {KernelWidth} does not fit bottom '{name}' of shape {bottom.ShapeText}");
        }

        return new PoolingShape(
            height,
            width,
            ((height - KernelHeight) / StrideHeight) + 1,
            ((width - KernelWidth) / StrideWidth) + 1,
            KernelHeight,
            KernelWidth,
            StrideHeight,
            StrideWidth,
            0,
            0);
    }
}
