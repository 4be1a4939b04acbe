using Cnn.Layers.Kernels.Gemm;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>
/// The gradient of the weights of one group by tiles of 4 x 4 gradients of results: for each value of a transformed
/// tile a product [outputs, tiles] by [tiles, channels]. The tiles of a block come in runs, which are transformed
/// apart.
/// </summary>
internal unsafe struct WinogradGradientProblem
{
    public int Size, Channels, Height, Width, Outputs, OutHeight, OutWidth, PadHeight, PadWidth;

    /// <summary>The group's first channel of the first image, and what lies between images.</summary>
    public float* X, Dy;
    public nint ImageStep, OutImageStep;

    /// <summary>Transformed gradients of the results, transformed images, and their products.</summary>
    public float* U, V, M;

    /// <summary>Rows of tiles are counted through all images; a block is some of them, and so is a run.</summary>
    public int FirstRow, Rows, RowsOfRun;

    public readonly int Values => Size * Size;

    public readonly int TilesAcross => (OutWidth + WinogradProblem.Step - 1) / WinogradProblem.Step;

    public readonly int TilesDown => (OutHeight + WinogradProblem.Step - 1) / WinogradProblem.Step;

    public readonly int Runs => (Rows + RowsOfRun - 1) / RowsOfRun;

    public readonly int PanelRows => MicroKernels.PanelRows(Outputs);

    /// <summary>
    /// Outputs whose gradients lie side by side, a vector apart from tile to tile, so that no store crosses a cache
    /// line: those of one panel, or of all that a vector holds.
    /// </summary>
    public readonly int OutputsAtOnce => MicroKernels.Width / PanelRows * PanelRows;

    public readonly int OutputGroups => (Outputs + OutputsAtOnce - 1) / OutputsAtOnce;

    public readonly int ChannelPanels => (Channels + MicroKernels.Columns - 1) / MicroKernels.Columns;

    /// <summary>Floats from the panels of one value to those of the next.</summary>
    public readonly nint OutputsStep =>
        WinogradProblem.Apart(OutputGroups * Packing.PanelSize(MicroKernels.Width, RowsOfRun * TilesAcross));

    public readonly nint ChannelsStep =>
        WinogradProblem.Apart((ChannelPanels * PackedGemm.RightPanelSize(RowsOfRun * TilesAcross)) + Packing.Slack);

    /// <summary>Floats from the product of one value to the next; rows may be read up to whole vectors.</summary>
    public readonly nint ProductsStep => WinogradProblem.Apart(((nint)Outputs * Channels) + Packing.Slack);

    /// <summary>The first value of a run's gradients of results, for the outputs from a given one on.</summary>
    public readonly float* OutputsOf(int run, int output) =>
        U + (run * Values * OutputsStep) + (output % OutputsAtOnce)
        + (output / OutputsAtOnce * Packing.PanelSize(MicroKernels.Width, RowsIn(run) * TilesAcross));

    /// <summary>The panels of channels for the first value of a run.</summary>
    public readonly float* ChannelsOf(int run) => V + (run * Values * ChannelsStep);

    /// <summary>Rows of tiles in a run.</summary>
    public readonly int RowsIn(int run) => Math.Min(RowsOfRun, Rows - (run * RowsOfRun));
}
