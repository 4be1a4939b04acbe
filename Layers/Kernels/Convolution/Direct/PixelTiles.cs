using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Direct;

/// <summary>
/// The pixels of a plane, or of a strip of its rows, cut into tiles of neighbouring pixels: the rows of a
/// micro-kernel's tile. The tiles of a run are of nearly equal length.
/// </summary>
internal sealed unsafe class PixelTiles
{
    private const int ShortDepth = 128;

    private readonly PinnedInts tiles;

    /// <summary>Cuts runs of pixels into tiles.</summary>
    /// <param name="runs">The number of runs.</param>
    /// <param name="length">Pixels of a run, neighbours in the image.</param>
    /// <param name="step">Floats from the first pixel of a run to that of the next.</param>
    public PixelTiles(int runs, int length, int step)
    {
        int ofRun = (length + MicroKernels.MaxRows - 1) / MicroKernels.MaxRows;
        Count = runs * ofRun;
        Pixels = runs * length;
        tiles = new PinnedInts(2 * Count);
        for (int i = 0; i < Count; i++)
        {
            int run = i / ofRun, tile = i % ofRun, first = tile * length / ofRun;
            tiles.Pointer[2 * i] = (run * step) + first;
            tiles.Pointer[(2 * i) + 1] = ((tile + 1) * length / ofRun) - first;
        }
    }

    /// <summary>The number of tiles.</summary>
    public int Count { get; }

    /// <summary>The number of pixels of all tiles.</summary>
    public int Pixels { get; }

    /// <summary>
    /// Returns the depth of the blocks of taps: all of them where tiles are tall, as each weight is used many times
    /// when it has come from the second-level cache; else as many as the first-level cache holds.
    /// </summary>
    public int Depth(int taps) =>
        2 * Pixels > MicroKernels.MaxRows * Count || Count == 1
            ? Math.Max(taps, 1)
            : PackedGemm.Depth(taps, ShortDepth);

    /// <summary>Returns where a tile's first pixel is, relative to the first pixel of all.</summary>
    public int From(int tile) => tiles.Pointer[2 * tile];

    /// <summary>Returns the pixels of a tile.</summary>
    public int PixelsOf(int tile) => tiles.Pointer[(2 * tile) + 1];
}
