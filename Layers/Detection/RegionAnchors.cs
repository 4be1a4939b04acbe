namespace Cnn.Layers.Detection;

/// <summary>
/// The anchors of a region proposal network: boxes of several ratios and scales about the centre of a base box (Ren et
/// al. 2015, "Faster R-CNN", section 3.1).
/// </summary>
internal static class RegionAnchors
{
    /// <summary>
    /// Returns the anchors, [ratios x scales, 4], each x1, y1, x2, y2, the scales of a ratio in a row: the base box's
    /// area gives a width of <c>round(sqrt(area / ratio))</c> and a height of <c>round(width ratio)</c>, which the
    /// scale multiplies.
    /// </summary>
    /// <param name="baseSize">The side of the base box, whose first pixel is 0.</param>
    /// <param name="ratios">Heights divided by widths.</param>
    /// <param name="scales">The scales.</param>
    /// <param name="rounding">How halves are rounded.</param>
    public static float[] Make(
        double baseSize, IReadOnlyList<double> ratios, IReadOnlyList<double> scales, MidpointRounding rounding)
    {
        var anchors = new float[ratios.Count * scales.Count * 4];
        double centre = (baseSize - 1) / 2;
        int i = 0;
        foreach (double ratio in ratios)
        {
            double width = Math.Round(Math.Sqrt(baseSize * baseSize / ratio), rounding);
            double height = Math.Round(width * ratio, rounding);
            foreach (double scale in scales)
            {
                double x = ((width * scale) - 1) / 2, y = ((height * scale) - 1) / 2;
                anchors[i++] = (float)(centre - x);
                anchors[i++] = (float)(centre - y);
                anchors[i++] = (float)(centre + x);
                anchors[i++] = (float)(centre + y);
            }
        }

        return anchors;
    }
}
