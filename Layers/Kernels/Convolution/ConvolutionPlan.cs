using Cnn.Layers.Kernels.Convolution.Direct;
using Cnn.Layers.Kernels.Convolution.Winograd;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// The layouts, offsets and block sizes of a two-dimensional convolution of one shape, computed once. They depend on
/// the shape alone, so results do not depend on the number of threads.
/// </summary>
internal sealed class ConvolutionPlan
{
    // About the number of output pixels in a strip: enough that its border costs little, few enough that a large image
    // yields parts for many threads.
    private const int StripPixels = 1024;

    /// <summary>
    /// The most floats that one buffer may take: the largest array, less the floats for alignment and slack.
    /// </summary>
    public static readonly long MostFloats = Array.MaxLength - CacheLine.Floats - Packing.Slack;

    private PixelTiles? tilesOfImages;
    private ConvolutionPlan? unstrided;
    private PinnedInts? channelOffsets;
    private int offsetsStep;

    /// <summary>
    /// Returns whether each buffer that the kernels need at a time has at most <paramref name="mostFloats"/> floats: an
    /// image with its border, a row of the result with all its taps or outputs, and the weights, whose number
    /// Winograd's transform multiplies by four.
    /// </summary>
    /// <param name="shape">The sizes, as for the constructor.</param>
    /// <param name="mostFloats">The limit: <see cref="MostFloats"/> or less.</param>
    public static bool Fits(in ConvolutionShape shape, long mostFloats)
    {
        double ofPixel = 64.0 + Math.Max(shape.Taps, shape.GroupOutputs);
        if (WinogradConvolution.HasTransform(shape))
        {
            // There are 64 values for each 4 pixels of a row of tiles.
            ofPixel = Math.Max(ofPixel, 16.0 * (shape.GroupChannels + (double)shape.GroupOutputs));
        }

        return shape.LaidOutSize <= mostFloats
            && ofPixel * (shape.OutWidth + 4.0) <= mostFloats
            && 8.0 * shape.Outputs * shape.Taps <= mostFloats;
    }

    /// <summary>Computes the plan.</summary>
    /// <param name="shape">
    /// The sizes; all at least 1, including those of the result, and the groups divide the channels.
    /// </param>
    public ConvolutionPlan(in ConvolutionShape shape)
    {
        Shape = shape;
        int stripRows = Math.Clamp(StripPixels / shape.OutWidth, 1, shape.OutHeight);
        Strips = (shape.OutHeight + stripRows - 1) / stripRows;
        stripRows = (shape.OutHeight + Strips - 1) / Strips;
        Strips = (shape.OutHeight + stripRows - 1) / stripRows;
        Strip = new ImageLayout(shape, stripRows);
        Whole = Strips == 1 ? Strip : new ImageLayout(shape, shape.OutHeight);
        Patches = new PatchPacking(Strip, stripRows, shape.OutWidth);
        DirectTiles = Strip.PixelRowSize == shape.OutWidth
            ? new PixelTiles(1, stripRows * shape.OutWidth, 0)
            : new PixelTiles(stripRows, shape.OutWidth, Strip.PixelRowSize);
        PlaneTiles = new PixelTiles(1, shape.OutPixels, 0);
        int lastRows = shape.OutHeight - ((Strips - 1) * stripRows);
        LastPatches = lastRows == stripRows ? Patches : new PatchPacking(Strip, lastRows, shape.OutWidth);

        Depth = PackedGemm.Depth(shape.Taps);
        PanelRows = MicroKernels.PanelRows(shape.GroupOutputs);
        OutputDepth = PackedGemm.Depth(shape.GroupOutputs);
        int kernel = shape.KernelHeight * shape.KernelWidth;
        int stripPixels = stripRows * shape.OutWidth;
        ChunkChannels = Math.Clamp(
            PackedGemm.BlockFloats / Math.Max(1, kernel * Math.Min(stripPixels, 256)), 1, shape.GroupChannels);
        ChannelChunks = (shape.GroupChannels + ChunkChannels - 1) / ChunkChannels;
        ChunkPanelRows = MicroKernels.PanelRows(ChunkChannels * kernel);
    }

    /// <summary>The sizes.</summary>
    public ConvolutionShape Shape { get; }

    /// <summary>Number of strips of rows that the result of one image is split into.</summary>
    internal int Strips { get; }

    internal ImageLayout Strip { get; }

    internal ImageLayout Whole { get; }

    internal PatchPacking Patches { get; }

    internal PatchPacking LastPatches { get; }

    /// <summary>The tiles of a strip, as it is laid out.</summary>
    internal PixelTiles DirectTiles { get; }

    /// <summary>The tiles of a whole plane whose pixels are neighbours.</summary>
    internal PixelTiles PlaneTiles { get; }

    /// <summary>
    /// The plan of the convolution of one tap over the pixels that this one sees, which is the same without a stride.
    /// </summary>
    internal ConvolutionPlan Unstrided => unstrided ??= new ConvolutionPlan(
        new ConvolutionShape(Shape.Channels, Shape.OutHeight, Shape.OutWidth, Shape.Outputs, Shape.Groups, 1, 1));

    /// <summary>Returns the offsets of channels that are a number of floats apart.</summary>
    internal unsafe int* ChannelOffsets(int step, int channels)
    {
        if (offsetsStep != step || channelOffsets is null || channelOffsets.Length < channels)
        {
            channelOffsets = new PinnedInts(Math.Max(channels, Math.Max(Shape.GroupChannels, Shape.GroupOutputs)));
            for (int c = 0; c < channelOffsets.Length; c++)
            {
                channelOffsets.Pointer[c] = c * step;
            }

            offsetsStep = step;
        }

        return channelOffsets.Pointer;
    }

    /// <summary>Returns the tiles of a number of images of one pixel each.</summary>
    internal PixelTiles TilesOfImages(int images)
    {
        if (tilesOfImages?.Pixels != images)
        {
            tilesOfImages = new PixelTiles(1, images, 0);
        }

        return tilesOfImages;
    }

    /// <summary>Depth of the blocks of taps in the forward GEMM.</summary>
    internal int Depth { get; }

    /// <summary>Height of the panels of outputs.</summary>
    internal int PanelRows { get; }

    /// <summary>Depth of the blocks of outputs in the GEMM for the input's gradient.</summary>
    internal int OutputDepth { get; }

    /// <summary>Number of channels whose columns are computed at a time for the input's gradient: a chunk.</summary>
    internal int ChunkChannels { get; }

    internal int ChannelChunks { get; }

    /// <summary>Height of the panels of a chunk's taps.</summary>
    internal int ChunkPanelRows { get; }

    /// <summary>Returns the rows of the result in a strip.</summary>
    internal int RowsOf(int strip) => Math.Min(Strip.OutRows, Shape.OutHeight - (strip * Strip.OutRows));

    /// <summary>Returns the packing of a strip.</summary>
    internal PatchPacking PatchesOf(int strip) => strip == Strips - 1 ? LastPatches : Patches;
}
