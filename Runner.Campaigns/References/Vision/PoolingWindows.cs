namespace Cnn.Campaigns.References.Vision;

/// <summary>The windows of a pooling along one axis: window p covers <c>[p * Stride - Before, + Kernel)</c>.</summary>
/// <param name="Size">The pixels of the image.</param>
/// <param name="Kernel">The pixels of a window.</param>
/// <param name="Stride">The steps from window to window.</param>
/// <param name="Before">The padding before the image.</param>
/// <param name="After">The padding after it.</param>
/// <param name="Count">The number of windows.</param>
internal sealed record PoolingWindows(int Size, int Kernel, int Stride, int Before, int After, int Count)
{
    /// <summary>
    /// Returns the windows by Caffe's rule: <c>ceil or floor((size + padding - kernel) / stride) + 1</c>, less one where any axis is padded
    /// and the last window would begin beyond the image and the padding before it.
    /// </summary>
    public static PoolingWindows Of(int size, int kernel, int stride, int before, int after, bool isCeil, bool isPadded)
    {
        double steps = (size + before + after - kernel) / (double)stride;
        int count = (int)(isCeil ? Math.Ceiling(steps) : Math.Floor(steps)) + 1;
        if (isPadded && (count - 1) * stride >= size + before)
        {
            count--;
        }

        return new PoolingWindows(size, kernel, stride, before, after, count);
    }

    /// <summary>Returns the first pixel of a window, which may be in the padding.</summary>
    public int Start(int window) => (window * Stride) - Before;

    /// <summary>Returns the end of a window, in the image or the padding after it.</summary>
    public int PaddedEnd(int window) => Math.Min(Start(window) + Kernel, Size + After);

    /// <summary>Returns the pixels of the image in a window.</summary>
    public IEnumerable<int> Pixels(int window)
    {
        for (int i = Math.Max(0, Start(window)); i < Math.Min(Size, PaddedEnd(window)); i++)
        {
            yield return i;
        }
    }
}
