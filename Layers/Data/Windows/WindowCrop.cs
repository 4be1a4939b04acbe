namespace Cnn.Layers.Data.Windows;

/// <summary>
/// Where a window is cut out of its image, and where in the square of the net's input the cut is put: the context
/// around the window (Girshick, Donahue, Darrell and Malik 2014, "Rich feature hierarchies", appendix A) as Caffe's
/// <c>WindowData</c> computes it.
/// </summary>
/// <param name="X">Left column of the cut.</param>
/// <param name="Y">Upper row of the cut.</param>
/// <param name="Width">Columns of the cut.</param>
/// <param name="Height">Rows of the cut.</param>
/// <param name="Left">Columns of the square to the left of the cut.</param>
/// <param name="Top">Rows of the square above the cut.</param>
/// <param name="ScaledWidth">Columns that the cut is resized to; 0 where none are left.</param>
/// <param name="ScaledHeight">Rows that the cut is resized to.</param>
internal readonly record struct WindowCrop(
    int X, int Y, int Width, int Height, int Left, int Top, int ScaledWidth, int ScaledHeight)
{
    /// <summary>Computes the crop of a window.</summary>
    /// <param name="window">The window.</param>
    /// <param name="rows">Rows of the image.</param>
    /// <param name="columns">Columns of the image.</param>
    /// <param name="crop">Side of the square.</param>
    /// <param name="context">Pixels of the square on each side that show what is around the window.</param>
    /// <param name="isSquare">Whether the window is widened to a square first.</param>
    /// <param name="mirror">Whether the square is flipped, and the empty columns with it.</param>
    /// <returns>The crop; null for a window that lies outside the image.</returns>
    public static WindowCrop? Of(
        in LabelledWindow window, int rows, int columns, int crop, int context, bool isSquare, bool mirror)
    {
        if (context == 0 && !isSquare)
        {
            return IsWithin(window.X1, window.X2, columns) && IsWithin(window.Y1, window.Y2, rows)
                ? new WindowCrop(
                    window.X1,
                    window.Y1,
                    window.X2 - window.X1 + 1,
                    window.Y2 - window.Y1 + 1,
                    0,
                    0,
                    crop,
                    crop)
                : null;
        }

        float contextScale = (float)crop / (crop - (2 * context));
        float halfHeight = (float)(((double)window.Y2 - window.Y1 + 1) / 2);
        float halfWidth = (float)(((double)window.X2 - window.X1 + 1) / 2);
        float centreX = window.X1 + halfWidth, centreY = window.Y1 + halfHeight;
        if (isSquare)
        {
            halfHeight = halfWidth = Math.Max(halfHeight, halfWidth);
        }

        Side across = Side.Of(centreX, halfWidth * contextScale, columns, crop);
        Side down = Side.Of(centreY, halfHeight * contextScale, rows, crop);
        if (across.Length < 1 || down.Length < 1)
        {
            return null;
        }

        int left = mirror ? across.After : across.Before;
        return new WindowCrop(
            across.Start,
            down.Start,
            across.Length,
            down.Length,
            left,
            down.Before,
            Math.Min(across.Scaled, crop - left),
            Math.Min(down.Scaled, crop - down.Before));
    }

    private static bool IsWithin(int first, int last, int size) => first >= 0 && first <= last && last < size;

    // One axis: the part of the widened window within the image, and what lies outside, in pixels of the square.
    private readonly record struct Side(int Start, int Length, int Before, int After, int Scaled)
    {
        public static Side Of(float centre, float half, int size, int crop)
        {
            int first = Round(centre - half), last = Round(centre + half);
            int whole = last - first + 1;
            int before = Math.Max(0, -first), after = Math.Max(0, last - size + 1);
            int length = whole - before - after;
            float scale = (float)crop / whole;
            return new Side(first + before, length, Round(before * scale), Round(after * scale), Round(length * scale));
        }

        // As C's round: halves away from zero.
        private static int Round(float value) =>
            (int)Math.Clamp(MathF.Round(value, MidpointRounding.AwayFromZero), -(1 << 29), 1 << 29);
    }
}
