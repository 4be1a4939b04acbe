namespace Cnn.Layers.Kernels.Regions;

/// <summary>The sizes of a pooling over regions: maps [N, C, H, W] to [R, C, rows, columns].</summary>
/// <param name="Images">Images, N.</param>
/// <param name="Channels">Channels of the maps, C.</param>
/// <param name="Height">Rows of a map, H.</param>
/// <param name="Width">Columns of a map, W.</param>
/// <param name="Regions">Regions, R.</param>
/// <param name="Rows">Rows of the grid that each region is cut into.</param>
/// <param name="Columns">Columns of the grid.</param>
internal readonly record struct RegionShape(
    int Images, int Channels, int Height, int Width, int Regions, int Rows, int Columns)
{
    /// <summary>Pixels of a channel's map.</summary>
    public int PlaneSize => Height * Width;

    /// <summary>Cells of the grid.</summary>
    public int Cells => Rows * Columns;
}
