using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Detection;

/// <summary>
/// Suppresses overlapping boxes: of boxes offered from the best to the worst it keeps those that overlap none of the
/// kept ones too much. Overlap is the intersection over the union. It reuses its memory from pass to pass.
/// </summary>
/// <param name="border">
/// What a side is longer than the difference of its ends: 1 where corners are pixels that belong to the box, else 0.
/// </param>
internal sealed unsafe class BoxSuppression(float border)
{
    // Rows of the buffer: left, top, right, bottom, area.
    private const int Rows = 5;

    private AlignedBuffer kept = new(Rows * Lanes.Width);
    private int capacity = Lanes.Width;

    /// <summary>The number of boxes that are kept.</summary>
    public int Count { get; private set; }

    /// <summary>Forgets all boxes.</summary>
    public void Clear() => Count = 0;

    /// <summary>Keeps a box unless it overlaps a kept one too much.</summary>
    /// <param name="left">First column.</param>
    /// <param name="top">First row.</param>
    /// <param name="right">Last column, or the end of the columns.</param>
    /// <param name="bottom">Last row, or the end of the rows.</param>
    /// <param name="threshold">The overlap that is too much.</param>
    /// <param name="dropsEqual">Whether an overlap equal to the threshold is too much.</param>
    /// <returns>Whether the box was kept.</returns>
    public bool TryKeep(float left, float top, float right, float bottom, float threshold, bool dropsEqual)
    {
        float area = (right - left + border) * (bottom - top + border);
        Vector512<float> limit = Vector512.Create(threshold);
        for (int i = 0; i < Count; i += Lanes.Width)
        {
            Vector512<float> width = Side(i, 0, left, right), height = Side(i, 1, top, bottom);
            Vector512<float> shared = width * height;
            Vector512<float> overlap = shared / (Row(i, 4) + Vector512.Create(area) - shared);
            if (dropsEqual ? Vector512.GreaterThanOrEqualAny(overlap, limit) : Vector512.GreaterThanAny(overlap, limit))
            {
                return false;
            }
        }

        Add(left, top, right, bottom, area);
        return true;
    }

    private Vector512<float> Side(int at, int axis, float start, float end)
    {
        Vector512<float> first = Vector512.Max(Row(at, axis), Vector512.Create(start));
        Vector512<float> last = Vector512.Min(Row(at, 2 + axis), Vector512.Create(end));
        return Vector512.Max(last - first + Vector512.Create(border), Vector512<float>.Zero);
    }

    private Vector512<float> Row(int at, int row) => Vector512.Load(kept.Pointer + ((long)row * capacity) + at);

    private void Add(float left, float top, float right, float bottom, float area)
    {
        if (Count == capacity)
        {
            Grow();
        }

        if (Count % Lanes.Width == 0)
        {
            // Lanes without a box: an overlap that is no number is never too much.
            kept.Span.Slice((4 * capacity) + Count, Lanes.Width).Fill(float.NaN);
        }

        Span<float> values = [left, top, right, bottom, area];
        for (int row = 0; row < Rows; row++)
        {
            kept.Span[(row * capacity) + Count] = values[row];
        }

        Count++;
    }

    private void Grow()
    {
        var larger = new AlignedBuffer(Rows * 2 * capacity);
        for (int row = 0; row < Rows; row++)
        {
            kept.Span.Slice(row * capacity, capacity).CopyTo(larger.Span[(row * 2 * capacity)..]);
        }

        (kept, capacity) = (larger, 2 * capacity);
    }
}
