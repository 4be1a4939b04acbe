using Cnn.Layers.Kernels.Flow;
using Cnn.Proto;
using Kind = Cnn.Proto.CorrelationParameter.Types.CorrelationType;

namespace Cnn.Layers.Vision;

/// <summary>
/// Compares the patches of two maps [N, C, H, W] at displacements: top [N, (2R + 1)^2, H', W'], with
/// <c>R = max_displacement / stride_2</c>, <c>border = max_displacement + (kernel_size - 1) / 2</c> and
/// <c>H' = ceil((H + 2 pad - 2 border) / stride_1)</c>. Channel c has the displacement
/// <c>((c mod (2R + 1) - R) stride_2, (c / (2R + 1) - R) stride_2)</c> along columns and rows; its value is the mean
/// over the channels and the pixels of a patch of <c>a b</c>, or of <c>|a - b|</c> with SUBTRACT. Both maps have a
/// gradient. (Dosovitskiy et al. 2015, "FlowNet", section 3.)
/// </summary>
[LayerType("Correlation")]
internal sealed unsafe class CorrelationLayer(LayerContext context) : Layer(context)
{
    private readonly CorrelationParameter options = context.Parameter.CorrelationParam ?? new CorrelationParameter();
    private CorrelationShape shape;

    // The padded maps of one image, and their gradients.
    private AlignedBuffer maps = new(0);
    private AlignedBuffer gradients = new(0);

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    private int MapSize => shape.PaddedSize;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int kernel = Size(CorrelationParameter.KernelSizeFieldNumber, "kernel_size", options.KernelSize, least: 1);
        if (kernel % 2 == 0)
        {
            throw Context.Error(
                options,
                CorrelationParameter.KernelSizeFieldNumber,
                $"kernel_size is {kernel}, expected an odd number");
        }

        if (!options.HasMaxDisplacement)
        {
            throw Context.Error("max_displacement of the correlation is missing", "the largest displacement in pixels");
        }

        if (options.SingleDirection != 0)
        {
            throw Context.Error(
                options,
                CorrelationParameter.SingleDirectionFieldNumber,
                $"single_direction is {options.SingleDirection}: displacements to one side only do not run here");
        }

        shape = new CorrelationShape(
            0,
            0,
            0,
            Size(CorrelationParameter.PadFieldNumber, "pad", options.Pad, least: 0),
            kernel,
            Size(
                CorrelationParameter.MaxDisplacementFieldNumber,
                "max_displacement",
                options.MaxDisplacement,
                least: 0),
            Size(CorrelationParameter.Stride1FieldNumber, "stride_1", options.Stride1, least: 1),
            Size(CorrelationParameter.Stride2FieldNumber, "stride_2", options.Stride2, least: 1));
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob first = bottoms[0], second = bottoms[1];
        if (first.AxisCount != 4 || !first.HasShapeOf(second))
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {first.ShapeText}, bottom '{Parameter.Bottom[1]}' "
                + second.ShapeText,
                "both need one shape of 4 axes: [N, C, H, W]");
        }

        shape = shape with { Channels = first.Dim(1), Height = first.Dim(2), Width = first.Dim(3) };
        RequireRoom(first);
        ShapeTop(tops, 0, [first.Dim(0), shape.Side * shape.Side, shape.TopHeight, shape.TopWidth]);
        Grow(ref maps);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        for (int image = 0; image < bottoms[0].Dim(0); image++)
        {
            Pad(bottoms, image);
            float* y = tops[0].DataPointer + (image * shape.TopCount), a = maps.Pointer, b = a + MapSize;
            if (options.CorrelationType == Kind.Subtract)
            {
                CorrelationKernel.Forward<CorrelationDifference>(a, b, y, shape, Context.Pool);
            }
            else
            {
                CorrelationKernel.Forward<CorrelationProduct>(a, b, y, shape, Context.Pool);
            }
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (!propagateDown[0] && !propagateDown[1])
        {
            return;
        }

        Grow(ref gradients);
        float* a = maps.Pointer, b = a + MapSize;
        float* da = propagateDown[0] ? gradients.Pointer : null;
        float* db = propagateDown[1] ? gradients.Pointer + MapSize : null;
        for (int image = 0; image < bottoms[0].Dim(0); image++)
        {
            Pad(bottoms, image);
            float* dy = tops[0].DiffPointer + (image * shape.TopCount);
            if (options.CorrelationType == Kind.Subtract)
            {
                CorrelationKernel.Backward<CorrelationDifference>(dy, a, b, da, db, shape, Context.Pool);
            }
            else
            {
                CorrelationKernel.Backward<CorrelationProduct>(dy, a, b, da, db, shape, Context.Pool);
            }

            long at = (long)image * bottoms[0].CountOf(1);
            if (da != null)
            {
                CorrelationKernel.Unpad(da, bottoms[0].DiffPointer + at, shape, Context.Pool);
            }

            if (db != null)
            {
                CorrelationKernel.Unpad(db, bottoms[1].DiffPointer + at, shape, Context.Pool);
            }
        }
    }

    private void Pad(IReadOnlyList<Blob> bottoms, int image)
    {
        long at = (long)image * bottoms[0].CountOf(1);
        CorrelationKernel.Pad(bottoms[0].DataPointer + at, maps.Pointer, shape, Context.Pool);
        CorrelationKernel.Pad(bottoms[1].DataPointer + at, maps.Pointer + MapSize, shape, Context.Pool);
    }

    private void Grow(ref AlignedBuffer buffer)
    {
        if (buffer.Length < 2 * MapSize)
        {
            buffer = new AlignedBuffer(2 * MapSize);
        }
    }

    private void RequireRoom(Blob bottom)
    {
        long border = shape.MaxDisplacement + (shape.Kernel / 2), around = 2 * (border - shape.Pad);
        if (shape.Height - around < 1 || shape.Width - around < 1)
        {
            throw Context.Error(
                options,
                CorrelationParameter.MaxDisplacementFieldNumber,
                $"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} with a pad of {shape.Pad} has no room for "
                + $"a displacement of {shape.MaxDisplacement} and a kernel of {shape.Kernel}",
                "use more padding or a smaller displacement");
        }

        long padded = BlobSize.Of(
            Math.Max(1, shape.Channels),
            shape.Height + (2L * shape.Pad),
            shape.Width + (2L * shape.Pad) + shape.Stride1);
        long side = (2L * (shape.MaxDisplacement / shape.Stride2)) + 1;
        long count = BlobSize.Of(side, side, shape.Height + (2L * shape.Pad), shape.Width + (2L * shape.Pad));
        if (padded > (BlobSize.Most / 2) - CorrelationShape.Slack || count > BlobSize.Most)
        {
            throw Context.Error(
                options,
                CorrelationParameter.MaxDisplacementFieldNumber,
                $"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} is too large for a pad of {shape.Pad} and "
                + $"{side} x {side} displacements");
        }
    }

    private int Size(int field, string name, uint value, int least) =>
        value < least ? throw Context.Error(options, field, $"{name} is {value}, expected {least} or more")
        : value > WindowReader.Largest / 4 ? throw Context.Error(
            options,
            field,
            $"{name} is {value}, which is too large: it may be at most {WindowReader.Largest / 4}")
        : (int)value;
}
