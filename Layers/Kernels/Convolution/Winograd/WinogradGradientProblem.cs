using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// The gradient of the weights of one group by tiles of 4 x 4 gradients of results: for each value of a transformed
/// tile, a GEMM [outputs, tiles] by [tiles, channels]. The tiles of a block are split into runs, which are transformed
/// separately.
/// </summary>
internal unsafe struct WinogradGradientProblem
{
    public int Size, Channels, Height, Width, Outputs, OutHeight, OutWidth, PadHeight, PadWidth;

    /// <summary>The group's first channel of the first image, and the floats from one image to the next.</summary>
    public float* X, Dy;
    public nint ImageStep, OutImageStep;

    /// <summary>Transformed gradients of the results (U), transformed images (V), and their products (M).</summary>
    public float* U, V, M;

    /// <summary>Rows of tiles, numbered through all images: first of the block, rows of a block and of a run.</summary>
    public int FirstRow, Rows, RowsOfRun;

    public readonly int Values => Size * Size;

    public readonly int TilesAcross => (OutWidth + WinogradProblem.Step - 1) / WinogradProblem.Step;

    public readonly int TilesDown => (OutHeight + WinogradProblem.Step - 1) / WinogradProblem.Step;

    public readonly int Runs => (Rows + RowsOfRun - 1) / RowsOfRun;

    public readonly int PanelRows => MicroKernels.PanelRows(Outputs);

    /// <summary>
    /// Number of outputs whose gradients are contiguous, a vector from tile to tile, so that no store crosses a cache
    /// line: those of one panel, or of as many whole panels as a vector holds.
    /// </summary>
    public readonly int OutputsAtOnce => MicroKernels.Width / PanelRows * PanelRows;

    public readonly int OutputGroups => (Outputs + OutputsAtOnce - 1) / OutputsAtOnce;

    public readonly int ChannelPanels => (Channels + MicroKernels.Columns - 1) / MicroKernels.Columns;

    /// <summary>Floats from the panels of outputs of one value to those of the next.</summary>
    public readonly nint OutputsStep =>
        WinogradProblem.Apart(OutputGroups * Packing.PanelSize(MicroKernels.Width, RowsOfRun * TilesAcross));

    /// <summary>Floats from the panels of channels of one value to those of the next.</summary>
    public readonly nint ChannelsStep =>
        WinogradProblem.Apart((ChannelPanels * PackedGemm.RightPanelSize(RowsOfRun * TilesAcross)) + Packing.Slack);

    /// <summary>Floats from the products of one value to the next; rows may be read up to whole vectors.</summary>
    public readonly nint ProductsStep => WinogradProblem.Apart(((nint)Outputs * Channels) + Packing.Slack);

    /// <summary>Returns the first value of a run's gradients of results, starting at an output.</summary>
    public readonly float* OutputsOf(int run, int output) =>
        U + (run * Values * OutputsStep) + (output % OutputsAtOnce)
        + (output / OutputsAtOnce * Packing.PanelSize(MicroKernels.Width, RowsIn(run) * TilesAcross));

    /// <summary>Returns the panels of channels for the first value of a run.</summary>
    public readonly float* ChannelsOf(int run) => V + (run * Values * ChannelsStep);

    /// <summary>Returns the rows of tiles in a run.</summary>
    public readonly int RowsIn(int run) => Math.Min(RowsOfRun, Rows - (run * RowsOfRun));
}
