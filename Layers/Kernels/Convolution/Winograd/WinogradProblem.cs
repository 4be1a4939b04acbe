using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// A convolution of stride 1 by tiles of 4 x 4 results: the sizes of one group, where its operands are, and how the
/// tiles of a block lie in memory. The gradient of the input is the same problem with the roles of both sides changed.
/// </summary>
internal unsafe struct WinogradProblem
{
    /// <summary>Results along an axis of a tile.</summary>
    public const int Step = 4;

    /// <summary>Values of a transformed tile along an axis.</summary>
    public int Size;

    public int Channels, Height, Width, Outputs, OutHeight, OutWidth, PadHeight, PadWidth;

    /// <summary>The group's first channel of the first image, and what lies between images.</summary>
    public float* X, Y;
    public nint ImageStep, OutImageStep;

    /// <summary>One value an output, or null.</summary>
    public float* Bias;

    /// <summary>Whether the result is rectified, and the slope below 0.</summary>
    public bool Rectifies;
    public float Slope;

    /// <summary>
    /// The group's weights: what lies between outputs and between channels, and whether the taps run backwards.
    /// </summary>
    public float* Weights;
    public nint OutputStep, ChannelStep;
    public bool IsRotated;

    /// <summary>Transformed weights, input and output.</summary>
    public float* U, V, M;

    /// <summary>Tiles are counted row by row through all images; a block is some of them.</summary>
    public int FirstTile, Tiles;

    /// <summary>Products that make a tile.</summary>
    public readonly int Values => Size * Size;

    /// <summary>Whether a tile's results overlap its neighbours', see <see cref="WinogradTranspose{T}"/>.</summary>
    public bool Overlaps;

    /// <summary>Rows and columns of such results that are dropped on the borders.</summary>
    public int CropHeight, CropWidth;

    public readonly int TilesAcross => ((Overlaps ? Width : OutWidth) + Step - 1) / Step;

    public readonly int TilesDown => ((Overlaps ? Height : OutHeight) + Step - 1) / Step;

    /// <summary>Columns of the block's products: its tiles, up to whole vectors.</summary>
    public readonly int Columns => (Tiles + MicroKernels.Width - 1) / MicroKernels.Width * MicroKernels.Width;

    /// <summary>Channels are multiplied in blocks of so many.</summary>
    public readonly int Depth => PackedGemm.Depth(Channels);

    public readonly int PanelRows => MicroKernels.PanelRows(Outputs);

    public readonly int Panels => (Outputs + PanelRows - 1) / PanelRows;

    /// <summary>Floats from the matrix of weights of one value to the next.</summary>
    public readonly nint WeightsStep =>
        Apart((Channels + Depth - 1) / Depth * Panels * Packing.PanelSize(PanelRows, Depth));

    /// <summary>Floats from the matrix of tiles of one value to the next.</summary>
    public readonly nint TilesStep => Apart((nint)Channels * Columns);

    /// <summary>Floats from the product of one value to the next.</summary>
    public readonly nint ProductsStep => Apart((nint)Outputs * Columns);

    /// <summary>The panels of outputs for the first value and a block of channels.</summary>
    public readonly float* WeightPanels(int block) => U + (block * Panels * Packing.PanelSize(PanelRows, Depth));

    /// <summary>The panels of tiles for the first value and a block of channels.</summary>
    public readonly float* TilePanels(int block) => V + ((nint)block * Depth * Columns);

    /// <summary>The size of a block where as few blocks as can be, of at most so much, are cut evenly.</summary>
    public static int EvenBlock(int all, int most)
    {
        int blocks = (all + most - 1) / most;
        return (all + blocks - 1) / blocks;
    }

    /// <summary>
    /// An odd number of cache lines, so that the same place of all values does not fall into the same few ways of a
    /// cache.
    /// </summary>
    public static nint Apart(nint floats) => ((floats + 15) & ~(nint)15) | 16;
}
