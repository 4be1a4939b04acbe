using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>The layouts of <see cref="DepthwiseConvolution"/> for one shape, computed once.</summary>
internal sealed unsafe class DepthwisePlan
{
    private readonly PinnedInts inside;
    private readonly int phaseWidth;

    /// <summary>Computes the plan of a shape for which <see cref="DepthwiseConvolution.Suits"/>.</summary>
    public DepthwisePlan(in ConvolutionShape shape)
        : this(shape, rotates: true)
    {
    }

    private DepthwisePlan(in ConvolutionShape shape, bool rotates)
    {
        Shape = shape;
        (OutHeight, OutWidth) = (shape.OutHeight, shape.OutWidth);
        Layout = new ImageLayout(shape, OutHeight);
        phaseWidth = Layout.RowSize / shape.StrideWidth;
        inside = new PinnedInts(2 * shape.StrideWidth);
        for (int phase = 0; phase < shape.StrideWidth && !Layout.InPlace; phase++)
        {
            // Of these positions of the phase, column (position stride + phase - pad) is within the image.
            int stride = shape.StrideWidth, before = shape.PadWidth - phase, behind = shape.Width + before;
            int first = Math.Min(before <= 0 ? 0 : (before + stride - 1) / stride, phaseWidth);
            inside.Pointer[2 * phase] = first;
            inside.Pointer[(2 * phase) + 1] = Math.Clamp(
                behind <= 0 ? 0 : (behind + stride - 1) / stride, first, phaseWidth);
        }

        ThreeTaps = ThreeTapPlane.Suits(shape) ? new ThreeTapPlane(shape) : null;
        PlanesPerPart = Math.Max(
            1, ElementParts.Size / Math.Max(1, Math.Max(shape.Height * shape.Width, shape.OutPixels)));
        int reachDown = (shape.KernelHeight - 1) * shape.DilationHeight;
        int reachAcross = (shape.KernelWidth - 1) * shape.DilationWidth;
        int above = reachDown - shape.PadHeight, left = reachAcross - shape.PadWidth;
        if (!rotates || shape.HasStride || above < 0 || left < 0)
        {
            return;
        }

        // The gradient of the image is the convolution of that of the result with the taps in reverse order.
        int rows = shape.Height + reachDown - shape.OutHeight, columns = shape.Width + reachAcross - shape.OutWidth;
        Rotated = new DepthwisePlan(
            shape with
            {
                Height = shape.OutHeight, Width = shape.OutWidth, PadHeight = above, PadWidth = left,
                MoreBelow = rows - (2 * above), MoreRight = columns - (2 * left),
            },
            rotates: false);
    }

    /// <summary>The sizes.</summary>
    public ConvolutionShape Shape { get; }

    /// <summary>Rows of a plane of the result.</summary>
    public int OutHeight { get; }

    /// <summary>Columns of a plane of the result.</summary>
    public int OutWidth { get; }

    /// <summary>The layout of a plane.</summary>
    public ImageLayout Layout { get; }

    /// <summary>The kernels for 3 x 3 taps, which need no layout; null for other taps.</summary>
    public ThreeTapPlane? ThreeTaps { get; }

    /// <summary>Planes of a part.</summary>
    public int PlanesPerPart { get; }

    /// <summary>The plan of the gradient of the image as a convolution; null where it is none, with a stride.</summary>
    public DepthwisePlan? Rotated { get; }

    /// <summary>Returns the number of parts of a number of planes.</summary>
    public int PartsOf(int planes) => (planes + PlanesPerPart - 1) / PlanesPerPart;

    /// <summary>
    /// Returns a worker's memory for a plane in the layout, all 0; a vector may be read behind its end.
    /// </summary>
    public float* Scratch(WorkerPool pool, int worker)
    {
        int size = Layout.InPlace || ThreeTaps is not null ? 0 : checked(Layout.ChannelSize + Lanes.Width);
        float* scratch = pool.Scratch(worker, ScratchSlot.Image, size);
        new Span<float>(scratch, size).Clear();
        return scratch;
    }

    /// <summary>
    /// Lays out a plane, in place or in memory whose border is 0 already, as <see cref="ImageLayout.Lay"/> does.
    /// </summary>
    public float* Lay(float* plane, float* scratch)
    {
        if (Layout.InPlace)
        {
            return plane;
        }

        int stride = Shape.StrideWidth, width = Shape.Width, pad = Shape.PadWidth, above = Shape.PadHeight;
        int rows = Math.Min(Shape.Height, Layout.Rows - above);
        for (int row = 0; row < rows; row++)
        {
            float* from = plane + ((nint)row * width) - pad, to = scratch + ((nint)(row + above) * Layout.RowSize);
            for (int phase = 0; phase < stride; phase++, to += phaseWidth)
            {
                int first = inside.Pointer[2 * phase], count = inside.Pointer[(2 * phase) + 1] - first;
                PhaseSplit.Gather(from + ((nint)first * stride) + phase, stride, to + first, count);
            }
        }

        return scratch;
    }
}
