namespace Cnn.Campaigns.References.Vision;

/// <summary>
/// Pools the planes of images. A stride larger than the kernel may put a window outside of image and padding: its mean
/// is 0 here, where Caffe divides 0 by 0.
/// </summary>
internal sealed class PlanePooling(PoolingWindows rows, PoolingWindows columns)
{
    /// <summary>The windows of a plane.</summary>
    public int Count => rows.Count * columns.Count;

    /// <summary>Returns the places in a plane of the pixels of a window.</summary>
    public IEnumerable<int> Pixels(int window)
    {
        foreach (int h in rows.Pixels(window / columns.Count))
        {
            foreach (int w in columns.Pixels(window % columns.Count))
            {
                yield return (h * columns.Size) + w;
            }
        }
    }

    /// <summary>Returns whether a window lies outside of the image.</summary>
    public bool IsEmpty(int window) => !Pixels(window).Any();

    /// <summary>Returns the first place of the maximum, or -1 in a window without pixels.</summary>
    public int Largest(double[] plane, int window)
    {
        int largest = -1;
        foreach (int i in Pixels(window))
        {
            largest = largest < 0 || plane[i] > plane[largest] ? i : largest;
        }

        return largest;
    }

    /// <summary>Returns the mean; padding counts as zeros, what is beyond it does not count.</summary>
    public double MeanWithPadding(double[] plane, int window)
    {
        int height = rows.PaddedEnd(window / columns.Count) - rows.Start(window / columns.Count);
        int width = columns.PaddedEnd(window % columns.Count) - columns.Start(window % columns.Count);
        return IsEmpty(window) ? 0 : Pixels(window).Sum(i => plane[i]) / (height * width);
    }

    /// <summary>Returns the mean of the pixels of the image.</summary>
    public double MeanOfPixels(double[] plane, int window) =>
        IsEmpty(window) ? 0 : Pixels(window).Average(i => plane[i]);

    /// <summary>
    /// Returns the mean weighted by the values themselves: <c>sum x^2 / sum x</c>; 0 in a window of zeros.
    /// </summary>
    public double Expected(double[] plane, int window) => Pixels(window).Any(i => plane[i] > 0)
        ? Pixels(window).Sum(i => plane[i] * plane[i]) / Pixels(window).Sum(i => plane[i])
        : 0;
}
