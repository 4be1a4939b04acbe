namespace Cnn.Layers.Kernels.Flow;

/// <summary>
/// The sizes of a correlation of maps [C, H, W], padded with zeros, to [D, H', W']: for each of D = (2R + 1)^2
/// displacements, patches of k x k pixels about every <c>stride1</c>-th pixel.
/// </summary>
/// <param name="Channels">C.</param>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
/// <param name="Pad">Zeros on either side.</param>
/// <param name="Kernel">k, odd.</param>
/// <param name="MaxDisplacement">The largest displacement along an axis.</param>
/// <param name="Stride1">Pixels from a patch to the next.</param>
/// <param name="Stride2">Pixels from a displacement to the next.</param>
internal readonly record struct CorrelationShape(
    int Channels, int Height, int Width, int Pad, int Kernel, int MaxDisplacement, int Stride1, int Stride2)
{
    /// <summary>Pixels from the padded map's edge to the centre of the first patch.</summary>
    public int Border => MaxDisplacement + (Kernel / 2);

    /// <summary>The steps of displacement to each side, R.</summary>
    public int Radius => MaxDisplacement / Stride2;

    /// <summary>Displacements along an axis, 2R + 1.</summary>
    public int Side => (2 * Radius) + 1;

    /// <summary>Rows of the result, H'.</summary>
    public int TopHeight => Steps(Height);

    /// <summary>Columns of the result, W'.</summary>
    public int TopWidth => Steps(Width);

    /// <summary>Values of the result for one image.</summary>
    public long TopCount => (long)Side * Side * TopHeight * TopWidth;

    /// <summary>Rows of the padded map.</summary>
    public int PaddedHeight => Height + (2 * Pad);

    /// <summary>
    /// Values of a padded row: its columns are sorted by their remainder by Stride1, so that the columns of
    /// neighbouring patches lie side by side.
    /// </summary>
    public int RowSize => Stride1 * PhaseSize;

    /// <summary>
    /// Values from a padded row to the next: the rows of all channels lie together, [padded H, C, row], since each
    /// value of the result reads all channels.
    /// </summary>
    public int RowStride => Channels * RowSize;

    /// <summary>Values of a padded map, and some beyond its last row that are read with it but not used.</summary>
    public int PaddedSize => (PaddedHeight * RowStride) + Slack;

    /// <summary>Values that a vector may reach beyond the end of a row.</summary>
    public static int Slack => 16;

    private int PhaseSize => (Width + (2 * Pad) + Stride1 - 1) / Stride1;

    /// <summary>Returns where a column of the padded map is in its row.</summary>
    public int Column(int column) => (column % Stride1 * PhaseSize) + (column / Stride1);

    private int Steps(int size) => (size + (2 * Pad) - (2 * Border) + Stride1 - 1) / Stride1;
}
