using Cnn.Proto.Formats.Images;

namespace Cnn.Proto.Formats.Png;

/// <summary>Undoes the filter of a row; PNG specification, 9.2.</summary>
internal static class PngFilters
{
    /// <summary>Undoes it in place.</summary>
    /// <param name="filter">The number of the filter.</param>
    /// <param name="row">The row.</param>
    /// <param name="above">The row above, of the same length; zeros for the first one.</param>
    /// <param name="distance">The bytes from a pixel to the next one.</param>
    /// <exception cref="CnnException">There is no such filter.</exception>
    public static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        above = above[..row.Length];
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (int i = distance; i < row.Length; i++)
                {
                    row[i] += row[i - distance];
                }

                break;
            case 2:
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] += above[i];
                }

                break;
            case 3:
                for (int i = 0; i < row.Length; i++)
                {
                    row[i] += (byte)(((i < distance ? 0 : row[i - distance]) + above[i]) / 2);
                }

                break;
            case 4:
                Paeth(row, above, distance);
                break;
            default:
                throw ImageMessages.Damaged(ImageFormat.Png);
        }
    }

    // Predicts by the neighbour that is nearest to left + above - corner.
    private static void Paeth(Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        for (int i = 0; i < row.Length && i < distance; i++)
        {
            row[i] += above[i];
        }

        for (int i = distance; i < row.Length; i++)
        {
            int left = row[i - distance], up = above[i], corner = above[i - distance];
            int ofLeft = Math.Abs(up - corner), ofUp = Math.Abs(left - corner);
            int ofCorner = Math.Abs(left + up - corner - corner);
            int nearest = ofLeft <= ofUp && ofLeft <= ofCorner ? left : ofUp <= ofCorner ? up : corner;
            row[i] += (byte)nearest;
        }
    }
}
