using Cnn.Layers.Kernels.Pooling;
using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Layers.Vision;

/// <summary>
/// Windows that slide over [N, C, H, W] and always lie within the image: no padding, and a stride of the window's side
/// where none is given. Rows and columns that are left for no whole window are not looked at.
/// </summary>
/// <param name="KernelHeight">Rows of a window.</param>
/// <param name="KernelWidth">Columns.</param>
/// <param name="StrideHeight">Rows from window to window.</param>
/// <param name="StrideWidth">Columns.</param>
internal readonly record struct WholeWindows(int KernelHeight, int KernelWidth, int StrideHeight, int StrideWidth)
{
    private const uint Largest = 1 << 24;

    /// <summary>Reads the fields, each null where it is not given.</summary>
    /// <exception cref="CnnException">A size is missing, given twice over or out of range.</exception>
    public static WholeWindows Read(
        LayerContext context,
        IMessage? options,
        (uint? Side, uint? High, uint? Wide) kernel,
        (uint? Side, uint? High, uint? Wide) stride)
    {
        var (height, width) = Pair(context, options, kernel, null, "kernel", "kernel_size");
        var (down, across) = Pair(context, options, stride, (height, width), "stride", "stride");
        return new WholeWindows((int)height, (int)width, (int)down, (int)across);
    }

    /// <summary>The windows of a bottom.</summary>
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

    private static (uint High, uint Wide) Pair(
        LayerContext context,
        IMessage? options,
        (uint? Side, uint? High, uint? Wide) given,
        (uint High, uint Wide)? otherwise,
        string what,
        string sideName)
    {
        int field = options?.Descriptor.FindFieldByName(sideName).FieldNumber ?? 0;
        if (given.Side is not null && (given.High ?? given.Wide) is not null)
        {
            throw context.Error(
                options, field, $"{sideName} is given together with {what}_h or {what}_w", "give one or the other");
        }

        if ((given.High ?? given.Side ?? otherwise?.High) is not { } high
            || (given.Wide ?? given.Side ?? otherwise?.Wide) is not { } wide)
        {
            throw context.Error(
                options, field, $"the {what} has no size", $"give {sideName}, or {what}_h and {what}_w");
        }

        return high is > 0 and <= Largest && wide is > 0 and <= Largest
            ? (high, wide)
            : throw context.Error(
                options, field, $"the {what} is {high} x {wide}, expected 1 to {Largest} each way");
    }
}
