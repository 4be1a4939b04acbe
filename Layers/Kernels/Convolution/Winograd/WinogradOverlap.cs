using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution.Winograd;

/// <summary>Adds up the overlapping results of the tiles of whole images, in the order of the tiles.</summary>
internal unsafe struct WinogradOverlap
{
    private const int Step = WinogradProblem.Step;

    public WinogradProblem Problem;
    public WorkerPool Pool;

    /// <summary>
    /// Results of a tile along an axis: more than <see cref="WinogradProblem.Step"/>, at most twice as many.
    /// </summary>
    public int Made;

    // Floats of a row of results, including those beyond the last tile's own four.
    private readonly int RowSize => Step * (Problem.TilesAcross + 1);

    /// <summary>Adds up one output of the block: tiles[(Made r + j) stride + t] is result (r, j) of tile t.</summary>
    public readonly void Add(int output, int worker, float* tiles, int stride)
    {
        int size = Step * (Problem.TilesDown + 1) * RowSize, planeSize = Problem.OutHeight * Problem.OutWidth;
        float* plane = Pool.Scratch(worker, ScratchSlot.Image, size);
        int image = Problem.FirstTile / Problem.TilesDown / Problem.TilesAcross;
        for (int tile = 0; tile < Problem.Tiles; image++)
        {
            new Span<float>(plane, size).Clear();
            for (int row = 0; row < Problem.TilesDown; row++, tile += Problem.TilesAcross)
            {
                AddRow(tiles + tile, stride, plane + (Step * row * RowSize));
            }

            float* from = plane + (Problem.CropHeight * RowSize) + Problem.CropWidth;
            float* to = Problem.Y + (image * Problem.OutImageStep) + ((nint)output * planeSize);
            for (int h = 0; h < Problem.OutHeight; h++, from += RowSize, to += Problem.OutWidth)
            {
                new ReadOnlySpan<float>(from, Problem.OutWidth).CopyTo(new Span<float>(to, Problem.OutWidth));
            }
        }
    }

    private readonly void AddRow(float* tiles, int stride, float* to)
    {
        for (int r = 0; r < Made; r++, to += RowSize)
        {
            for (int t = 0; t < Problem.TilesAcross; t++)
            {
                float* from = tiles + (Made * r * stride) + t, at = to + (Step * t);
                (Vector128.Load(at) + Four(from, stride, Step)).Store(at);
                (Vector128.Load(at + Step) + Four(from + (Step * stride), stride, Made - Step)).Store(at + Step);
            }
        }
    }

    // Loads the first count of four values that are a step apart; the others are 0.
    private static Vector128<float> Four(float* from, int step, int count) => Vector128.Create(
        from[0],
        count > 1 ? from[step] : 0,
        count > 2 ? from[2 * step] : 0,
        count > 3 ? from[3 * step] : 0);
}
