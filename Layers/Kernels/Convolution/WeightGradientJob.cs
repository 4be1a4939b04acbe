using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Computes the gradient of the weights. A part is the sum over a range of strips of the batch, for one group and some
/// of its taps.
/// </summary>
internal unsafe struct WeightGradientJob : IParallelJob
{
    public ConvolutionPlan Plan;
    public WorkerPool Pool;
    public float* X, Dy, Sums;
    public bool AddToSums;
    public int Strips, StripsPerSum, Splits, PanelsPerSplit;

    public readonly void Run(int part, int worker)
    {
        ConvolutionShape shape = Plan.Shape;
        int split = part % Splits, group = part / Splits % shape.Groups, sum = part / Splits / shape.Groups;
        int nr = MicroKernels.Columns, firstTap = split * PanelsPerSplit * nr;
        int taps = Math.Min(PanelsPerSplit * nr, shape.Taps - firstTap);
        int stripPixels = Plan.Patches.Pixels;
        int together = Math.Max(1, PackedGemm.MaxDepth / stripPixels);
        int depth = together * stripPixels;
        int mr = Plan.PanelRows, outputPanels = (shape.GroupOutputs + mr - 1) / mr, tapPanels = (taps + nr - 1) / nr;
        float* left = Pool.Scratch(worker, ScratchSlot.LeftPanels, outputPanels * Packing.PanelSize(mr, depth));
        float* right = Pool.Scratch(worker, ScratchSlot.RightPanels, tapPanels * PackedGemm.RightPanelSize(depth));
        float* scratch = Plan.Strip.InPlace ? null : Pool.Scratch(worker, ScratchSlot.Image, Plan.Strip.Size);
        float* target = Sums + ((nint)sum * shape.Outputs * shape.Taps)
            + ((nint)group * shape.GroupOutputs * shape.Taps) + firstTap;

        int end = Math.Min(Strips, (sum + 1) * StripsPerSum);
        for (int first = sum * StripsPerSum; first < end; first += together)
        {
            int last = Math.Min(end, first + together), total = 0;
            for (int strip = first; strip < last; strip++)
            {
                total += Plan.RowsOf(strip % Plan.Strips) * shape.OutWidth;
            }

            int done = 0;
            for (int strip = first; strip < last; strip++)
            {
                int rows = Plan.RowsOf(strip % Plan.Strips);
                PackStrip(strip, group, firstTap, taps, rows, done, total, left, right, scratch);
                done += rows * shape.OutWidth;
            }

            GemmAddend addTo = AddToSums || first > sum * StripsPerSum ? GemmAddend.Existing : GemmAddend.Nothing;
            PackedGemm.Run(shape.GroupOutputs, taps, total, mr, left, right, target, shape.Taps, addTo, null);
        }
    }

    // Packs one strip's pixels at depth "done" of panels that are "total" deep.
    private readonly void PackStrip(
        int strip, int group, int firstTap, int taps, int rows, int done, int total, float* left, float* right,
        float* scratch)
    {
        ConvolutionShape shape = Plan.Shape;
        int image = strip / Plan.Strips, firstRow = strip % Plan.Strips * Plan.Strip.OutRows;
        int pixels = rows * shape.OutWidth, mr = Plan.PanelRows, nr = MicroKernels.Columns;
        nint firstOutput = ((nint)image * shape.Outputs) + (group * shape.GroupOutputs);
        float* dy = Dy + (firstOutput * shape.OutPixels) + (firstRow * shape.OutWidth);
        for (int o = 0; o < shape.GroupOutputs; o += mr, left += Packing.PanelSize(mr, total))
        {
            int count = Math.Min(mr, shape.GroupOutputs - o);
            Packing.Transpose(
                dy + ((nint)o * shape.OutPixels), shape.OutPixels, count, pixels, left + (done * count), count);
        }

        float* source = X + ((nint)image * shape.ImageSize)
            + ((nint)group * shape.GroupChannels * shape.Height * shape.Width);
        source = Plan.Strip.Lay(source, firstRow, rows, scratch);
        for (int t = 0; t < taps; t += nr, right += PackedGemm.RightPanelSize(total))
        {
            int count = Math.Min(nr, taps - t), stride = PackedGemm.Vectors(count) * MicroKernels.Width;
            PackTaps(source, Plan.Strip.Taps + firstTap + t, count, rows, right + (done * stride), stride);
        }
    }

    private readonly void PackTaps(float* source, int* taps, int count, int rows, float* target, int stride)
    {
        int width = MicroKernels.Width, outWidth = Plan.Shape.OutWidth;
        float** pointers = stackalloc float*[width];
        for (int i = 0; i < count; i += width, target += width)
        {
            int used = Math.Min(width, count - i);
            for (int r = 0; r < width; r++)
            {
                pointers[r] = source + taps[i + (r < used ? r : 0)];
            }

            for (int row = 0; row < rows; row++)
            {
                Transposition.Run(
                    pointers, (nint)row * Plan.Strip.PixelRowSize, used, outWidth,
                    target + ((nint)row * outWidth * stride), stride);
            }
        }
    }
}
