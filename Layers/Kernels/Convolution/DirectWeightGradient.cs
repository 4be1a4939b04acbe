using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Computes the gradients of weights and bias without packing the images. A few taps at a time, the pixels that a tap
/// sees are read in place and multiplied with the gradients of the outputs at these pixels, which are contiguous for
/// each pixel. With few outputs, packing the patches would cost as much as the multiplication.
/// </summary>
internal static unsafe class DirectWeightGradient
{
    // The gradients of a panel of outputs at this many pixels stay in the second-level cache while all taps read them.
    private const int PixelsAtOnce = 1024;

    // Enough parts for several threads, few enough that adding their sums costs little.
    private const int MostSums = 16, LeastParts = 8;

    // The most floats of all parts' sums: 8 MiB.
    private const long MostFloats = 2 * 1024 * 1024;

    // Rows of fewer pixels are too short; fewer outputs leave most of a vector empty; with more outputs, packing pays.
    private const int LeastWidth = 8, LeastOutputs = 8, MostOutputs = 64;

    /// <summary>Returns whether there is a kernel for this machine's vectors, and it is faster.</summary>
    public static bool Suits(ConvolutionPlan plan, int images)
    {
        ConvolutionShape shape = plan.Shape;
        bool hasPath = VectorUnit.Path is VectorPath.Avx512 or VectorPath.Avx2;
        return hasPath && shape.OutWidth >= LeastWidth && shape.GroupOutputs is >= LeastOutputs and <= MostOutputs
            && (long)images * plan.Strips * shape.Groups >= LeastParts;
    }

    /// <summary>Runs <see cref="ConvolutionKernel.WeightGradient"/>.</summary>
    public static void Run(WorkerPool pool, ConvolutionPlan plan, int images, float* x, float* dy, float* dw, float* db)
    {
        if (VectorUnit.Path == VectorPath.Avx512)
        {
            Run<Lanes512, Vector512<float>>(pool, plan, images, x, dy, dw, db);
        }
        else
        {
            Run<Lanes256, Vector256<float>>(pool, plan, images, x, dy, dw, db);
        }
    }

    private static void Run<TLanes, TVector>(
        WorkerPool pool, ConvolutionPlan plan, int images, float* x, float* dy, float* dw, float* db)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        ConvolutionShape shape = plan.Shape;
        int strips = images * plan.Strips;
        var parts = new SumParts<TLanes, TVector>
        {
            Plan = plan, Pool = pool, X = x, Dy = dy, HasBias = db != null, Strips = strips,
        };
        int sums = (int)Math.Clamp(MostFloats / (shape.Groups * parts.SumSize), 1, Math.Min(MostSums, strips));
        parts.StripsPerSum = (strips + sums - 1) / sums;
        sums = (strips + parts.StripsPerSum - 1) / parts.StripsPerSum;
        parts.Sums = pool.Scratch(0, ScratchSlot.Partials, sums * shape.Groups * parts.SumSize);
        pool.Run(sums * shape.Groups, ref parts);
        var add = new AddParts<TLanes, TVector> { Parts = parts, Count = sums, Dw = dw, Db = db };
        pool.Run(shape.Outputs, ref add);
    }

    // A part is the sum over some strips of the batch for one group: [panels of outputs, taps, outputs of a panel].
    private struct SumParts<TLanes, TVector> : IParallelJob
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        public ConvolutionPlan Plan;
        public WorkerPool Pool;
        public float* X, Dy, Sums;
        public int Strips, StripsPerSum;
        public bool HasBias;

        /// <summary>Outputs of a panel.</summary>
        public static int Width => 2 * TLanes.Width;

        public readonly int Panels => (Plan.Shape.GroupOutputs + Width - 1) / Width;

        /// <summary>The taps, including that of the bias, which sees ones, rounded up to whole tiles.</summary>
        public readonly int Taps => (UsedTaps + DirectWeightGradientKernel.Taps - 1)
            / DirectWeightGradientKernel.Taps * DirectWeightGradientKernel.Taps;

        private readonly int UsedTaps => Plan.Shape.Taps + (HasBias ? 1 : 0);

        public readonly long SumSize => (long)Panels * Taps * Width;

        public readonly void Run(int part, int worker)
        {
            ConvolutionShape shape = Plan.Shape;
            int group = part % shape.Groups, sum = part / shape.Groups;
            float* to = Sums + (part * SumSize);
            new Span<float>(to, (int)SumSize).Clear();
            int rowsAtOnce = Math.Max(1, PixelsAtOnce / shape.OutWidth);
            float* gradients = Pool.Scratch(worker, ScratchSlot.RightPanels, (long)rowsAtOnce * shape.OutWidth * Width);
            int seen = ((rowsAtOnce - 1) * Plan.Strip.PixelRowSize) + shape.OutWidth;
            float* ones = HasBias ? Pool.Scratch(worker, ScratchSlot.Columns, seen) : null;
            new Span<float>(ones, HasBias ? seen : 0).Fill(1);
            float* scratch = Plan.Strip.InPlace ? null : Pool.Scratch(worker, ScratchSlot.Image, Plan.Strip.Size);
            for (int strip = sum * StripsPerSum; strip < Math.Min(Strips, (sum + 1) * StripsPerSum); strip++)
            {
                int image = strip / Plan.Strips, firstRow = strip % Plan.Strips * Plan.Strip.OutRows;
                int rows = Plan.RowsOf(strip % Plan.Strips);
                float* source = X + ((nint)image * shape.ImageSize)
                    + ((nint)group * shape.GroupChannels * shape.Height * shape.Width);
                source = Plan.Strip.Lay(source, firstRow, rows, scratch);
                float* dy = Dy + ((((nint)image * shape.Outputs) + (group * shape.GroupOutputs)) * shape.OutPixels);
                for (int row = 0; row < rows; row += rowsAtOnce)
                {
                    float* pixels = dy + ((firstRow + row) * shape.OutWidth);
                    AddRows(
                        source + ((nint)row * Plan.Strip.PixelRowSize), pixels, Math.Min(rowsAtOnce, rows - row), ones,
                        gradients, to);
                }
            }
        }

        private readonly void AddRows(float* source, float* dy, int rows, float* ones, float* gradients, float* to)
        {
            ConvolutionShape shape = Plan.Shape;
            float** from = stackalloc float*[DirectWeightGradientKernel.Taps];
            int tile = DirectWeightGradientKernel.Taps * Width;
            for (int output = 0; output < shape.GroupOutputs; output += Width)
            {
                Transpose(dy, output, rows * shape.OutWidth, gradients);
                for (int tap = 0; tap < UsedTaps; tap += DirectWeightGradientKernel.Taps, to += tile)
                {
                    // Taps beyond the last may read anything; their sums are not used.
                    for (int i = 0; i < DirectWeightGradientKernel.Taps; i++)
                    {
                        bool isBias = HasBias && tap + i >= shape.Taps;
                        from[i] = isBias ? ones : source + Plan.Strip.Taps[Math.Min(tap + i, shape.Taps - 1)];
                    }

                    DirectWeightGradientKernel.Run<TLanes, TVector>(
                        from, Plan.Strip.PixelRowSize, rows, shape.OutWidth, gradients, to);
                }
            }
        }

        // Transposes the gradients of a panel of outputs to [pixels, outputs]; outputs beyond the last repeat it.
        private readonly void Transpose(float* dy, int output, int pixels, float* to)
        {
            float** from = stackalloc float*[TLanes.Width];
            for (int i = 0; i < Width; i += TLanes.Width)
            {
                for (int lane = 0; lane < TLanes.Width; lane++)
                {
                    from[lane] =
                        dy + ((nint)Math.Min(output + i + lane, Plan.Shape.GroupOutputs - 1) * Plan.Shape.OutPixels);
                }

                Transposition.Run(from, 0, TLanes.Width, pixels, to + i, Width);
            }
        }
    }

    // Adds the sums, always first to last, to the gradient. A part is an output.
    private struct AddParts<TLanes, TVector> : IParallelJob
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        public SumParts<TLanes, TVector> Parts;
        public int Count;
        public float* Dw, Db;

        public readonly void Run(int part, int worker)
        {
            ConvolutionShape shape = Parts.Plan.Shape;
            int width = SumParts<TLanes, TVector>.Width, group = part / shape.GroupOutputs,
                output = part % shape.GroupOutputs;
            float* from = Parts.Sums + (group * Parts.SumSize) + ((nint)(output / width) * Parts.Taps * width)
                + (output % width);
            float* to = Dw + ((nint)part * shape.Taps);
            for (int sum = 0; sum < Count; sum++, from += shape.Groups * Parts.SumSize)
            {
                for (int tap = 0; tap < shape.Taps; tap++)
                {
                    to[tap] += from[tap * width];
                }

                if (Db != null)
                {
                    Db[part] += from[shape.Taps * width];
                }
            }
        }
    }
}
