namespace Cnn.Engine.Import.Onnx.Operators;

/// <summary>The windows of ONNX's pooling along one axis, and whether Caffe's are the same.</summary>
/// <param name="Size">The image's size.</param>
/// <param name="Kernel">The window's size.</param>
/// <param name="Stride">Steps from window to window.</param>
/// <param name="Before">How far the first window starts before the image.</param>
/// <param name="Count">The number of windows.</param>
/// <param name="CountedBefore">How much of the border before the image a mean counts.</param>
/// <param name="CountedAfter">How much of the border after the image a mean counts.</param>
internal readonly record struct PoolingAxis(
    int Size, int Kernel, int Stride, int Before, int Count, int CountedBefore, int CountedAfter)
{
    /// <summary>The border after the image that the windows need.</summary>
    public int Needed => Math.Max(0, ((Count - 1) * Stride) + Kernel - Size - Before);

    /// <summary>Whether Caffe's windows with some border are these.</summary>
    /// <param name="after">The border after the image.</param>
    /// <param name="pads">Whether any axis has a border.</param>
    /// <param name="roundsDown">Whether a last window that does not fit is left out.</param>
    /// <param name="mean">How means divide; null for maxima.</param>
    public bool IsCaffes(int after, bool pads, bool roundsDown, PoolingMean? mean)
    {
        if (Math.Max(Before, after) >= Kernel && Math.Max(Before, after) > 0)
        {
            return false;
        }

        long room = (long)Size + Before + after - Kernel;
        long count = (long)Math.Floor((double)room / Stride) + 1;
        count += !roundsDown && room % Stride != 0 ? 1 : 0;
        count -= pads && (count - 1) * Stride >= (long)Size + Before ? 1 : 0;
        if (count != Count)
        {
            return false;
        }

        for (int i = 0; i < Count; i++)
        {
            int start = (i * Stride) - Before, end = start + Kernel;
            int first = Math.Max(start, 0), last = Math.Min(end, Size);
            int counted = Math.Min(end, Size + CountedAfter) - Math.Max(start, -CountedBefore);
            bool isSame = last > first && mean switch
            {
                null => true,
                PoolingMean.WithBorder => counted == Math.Min(end, Size + after) - start,
                _ => counted == last - first,
            };
            if (!isSame)
            {
                return false;
            }
        }

        return true;
    }
}
