using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// A convolution of stride 1 by tiles of 4 x 4 results: the sizes of one group, its operands, and the memory layout of
/// the tiles of a block. The gradient of the input is the same problem with input and output exchanged.
/// </summary>
internal unsafe struct WinogradProblem
{
    /// <summary>Results of a tile along an axis.</summary>
    public const int Step = 4;

    /// <summary>Values of a transformed tile along an axis.</summary>
    public int Size;

    public int Channels, Height, Width, Outputs, OutHeight, OutWidth, PadHeight, PadWidth;

    /// <summary>The group's first channel of the first image, and the floats from one image to the next.</summary>
    public float* X, Y;
    public nint ImageStep, OutImageStep;

    /// <summary>One value per output, or null.</summary>
    public float* Bias;

    /// <summary>The rectifier of the result; null for none.</summary>
    public Rectifier? Rectifier;

    /// <summary>
    /// The group's weights, the floats from one output and one channel to the next, and whether the taps are in reverse
    /// order.
    /// </summary>
    public float* Weights;
    public nint OutputStep, ChannelStep;
    public bool IsRotated;

    /// <summary>Transformed weights (U), input (V) and output (M).</summary>
    public float* U, V, M;

    /// <summary>The tiles of the block; tiles are numbered row by row through all images.</summary>
    public int FirstTile, Tiles;

    /// <summary>Values of a transformed tile, each with a GEMM of its own.</summary>
    public readonly int Values => Size * Size;

    /// <summary>
    /// Whether a tile's results overlap those of its neighbours; see <see cref="WinogradTranspose{T}"/>.
    /// </summary>
    public bool Overlaps;

    /// <summary>Rows and columns of overlapping results that are dropped at the borders.</summary>
    public int CropHeight, CropWidth;

    public readonly int TilesAcross => ((Overlaps ? Width : OutWidth) + Step - 1) / Step;

    public readonly int TilesDown => ((Overlaps ? Height : OutHeight) + Step - 1) / Step;

    /// <summary>Columns of the block's GEMMs: its tiles, rounded up to whole vectors.</summary>
    public readonly int Columns => (Tiles + MicroKernels.Width - 1) / MicroKernels.Width * MicroKernels.Width;

    /// <summary>Depth of the blocks of channels in the GEMMs.</summary>
    public readonly int Depth => PackedGemm.Depth(Channels);

    public readonly int PanelRows => MicroKernels.PanelRows(Outputs);

    public readonly int Panels => (Outputs + PanelRows - 1) / PanelRows;

    /// <summary>Floats from the matrix of weights of one value to the next.</summary>
    public readonly nint WeightsStep =>
        Apart((Channels + Depth - 1) / Depth * Panels * Packing.PanelSize(PanelRows, Depth));

    /// <summary>Floats from the matrix of tiles of one value to the next.</summary>
    public readonly nint TilesStep => Apart((nint)Channels * Columns);

    /// <summary>Floats from the products of one value to the next.</summary>
    public readonly nint ProductsStep => Apart((nint)Outputs * Columns);

    /// <summary>Returns the panels of outputs for the first value and a block of channels.</summary>
    public readonly float* WeightPanels(int block) => U + (block * Panels * Packing.PanelSize(PanelRows, Depth));

    /// <summary>Returns the panels of tiles for the first value and a block of channels.</summary>
    public readonly float* TilePanels(int block) => V + ((nint)block * Depth * Columns);

    /// <summary>
    /// Returns the size of a block when <paramref name="all"/> is split evenly into as few blocks as possible of at
    /// most <paramref name="most"/>.
    /// </summary>
    public static int EvenBlock(int all, int most)
    {
        int blocks = (all + most - 1) / most;
        return (all + blocks - 1) / blocks;
    }

    /// <summary>
    /// Rounds up to an odd number of cache lines, so that the same position in all values does not fall into the same
    /// few ways of a cache.
    /// </summary>
    public static nint Apart(nint floats) => ((floats + 15) & ~(nint)15) | 16;
}
