using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Layers.Common;

/// <summary>An array with a border on some axes, put around it or cut off.</summary>
internal sealed unsafe class PaddedShape
{
    private readonly PinnedInts whole = new(Blob.MaxAxes);
    private readonly PinnedInts box = new(Blob.MaxAxes);
    private readonly PinnedInts before = new(Blob.MaxAxes);
    private int axes = 1;

    /// <summary>Whether there is a border.</summary>
    public bool HasBorder { get; private set; }

    /// <summary>The shape with the border.</summary>
    public ReadOnlySpan<int> Whole => new(whole.Pointer, axes);

    /// <summary>The shape without the border.</summary>
    public ReadOnlySpan<int> Box => new(box.Pointer, axes);

    /// <summary>
    /// Requires that a field gives two sizes, before and after, for each axis, none above the largest size.
    /// </summary>
    /// <exception cref="CnnException">It does not; located at the field.</exception>
    public static void Check(
        LayerContext context, IMessage options, int field, string name, IReadOnlyList<uint> sizes, int axes)
    {
        if (sizes.Count != 2 * axes)
        {
            throw context.Error(
                options,
                field,
                $"{name} is given {sizes.Count} times for {axes} axes",
                "give two for each axis: before and after");
        }

        for (int i = 0; i < sizes.Count; i++)
        {
            if (sizes[i] > short.MaxValue)
            {
                throw context.Error(options, field, $"{name} {sizes[i]} is too large", $"at most {short.MaxValue}");
            }
        }
    }

    /// <summary>Sets the shapes from that without the border.</summary>
    /// <param name="shape">The shape without the border; of one axis or more.</param>
    /// <param name="border">Before and after on each axis, from <paramref name="first"/> on.</param>
    /// <param name="first">The first axis with a border.</param>
    /// <returns>Whether an array can have the shape with the border.</returns>
    public bool TrySetBox(ReadOnlySpan<int> shape, IReadOnlyList<uint> border, int first)
    {
        bool fits = true;
        Begin(shape, border);
        for (int i = 0; i < axes; i++)
        {
            var (start, end) = Border(border, i - first);
            long size = (long)shape[i] + start + end;
            (whole.Pointer[i], box.Pointer[i], before.Pointer[i]) = ((int)size, shape[i], start);
            fits &= size <= int.MaxValue;
        }

        return fits;
    }

    /// <summary>Sets the shapes from that with the border.</summary>
    /// <returns>Whether something is left without the border.</returns>
    public bool TrySetWhole(ReadOnlySpan<int> shape, IReadOnlyList<uint> border, int first)
    {
        bool fits = true;
        Begin(shape, border);
        for (int i = 0; i < axes; i++)
        {
            var (start, end) = Border(border, i - first);
            int size = shape[i] - start - end;
            (whole.Pointer[i], box.Pointer[i], before.Pointer[i]) = (shape[i], size, start);
            fits &= size >= 0;
        }

        return fits;
    }

    /// <summary>Copies an array to one with the border, which gets a value.</summary>
    public void Pad(float* x, float* y, float value, WorkerPool pool) =>
        CropKernel.Pad(x, box.Pointer, y, whole.Pointer, before.Pointer, axes, value, pool);

    /// <summary>Copies an array to one without the border.</summary>
    public void Crop(float* x, float* y, WorkerPool pool) =>
        CropKernel.Forward(x, whole.Pointer, y, box.Pointer, before.Pointer, axes, pool);

    private static (int Start, int End) Border(IReadOnlyList<uint> border, int axis) =>
        axis >= 0 && 2 * axis < border.Count ? ((int)border[2 * axis], (int)border[(2 * axis) + 1]) : (0, 0);

    private void Begin(ReadOnlySpan<int> shape, IReadOnlyList<uint> border)
    {
        axes = shape.Length;
        HasBorder = false;
        for (int i = 0; i < border.Count; i++)
        {
            HasBorder |= border[i] != 0;
        }
    }
}
