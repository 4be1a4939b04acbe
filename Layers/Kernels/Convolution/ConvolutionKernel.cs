using Cnn.Layers.Kernels.Convolution.Direct;
using Cnn.Layers.Kernels.Convolution.Pointwise;
using Cnn.Layers.Kernels.Convolution.Winograd;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Two-dimensional convolution (cross-correlation, as networks use it) and its gradients over [N, C, H, W]. Patches are
/// packed straight into the panels of a GEMM, and the threads share images, strips of images and groups. Shapes that
/// suit <see cref="WinogradConvolution"/>, <see cref="WinogradGradient"/> or <see cref="DirectWeightGradient"/> go
/// there. Results are bit-identical on any number of threads. <see cref="ConvolutionReference"/> has the formula.
/// </summary>
internal static unsafe class ConvolutionKernel
{
    private enum Algorithm
    {
        Winograd,
        Pointwise,
        Direct,
        Patches,
    }

    // The cost of packing the patches, as a share of a part's GEMM: each split of a part packs them again.
    private const double PackingShare = 1.0 / 12;

    // The partial sums over groups of images, which are added at the end, take up to 8 MiB.
    private const long PartialFloats = 2 * 1024 * 1024;
    private const int MostPartials = 16;
    private const int ReductionFloats = 8 * 1024;

    /// <summary>Computes y = x convolved with the weights, plus the bias.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="plan">The sizes.</param>
    /// <param name="images">Number of images, N.</param>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="weights">[Outputs, C / Groups, KernelHeight, KernelWidth].</param>
    /// <param name="bias">[Outputs], or null.</param>
    /// <param name="y">[N, Outputs, OutHeight, OutWidth]; overwritten.</param>
    /// <param name="packed">
    /// Packed weights of earlier passes, used instead of <paramref name="weights"/> unless <see cref="NeedsWeights"/>
    /// says otherwise.
    /// </param>
    /// <param name="rectifier">The rectifier of the result; null for none.</param>
    /// <param name="addend">As y, added to the result before the rectifier; or null.</param>
    public static void Forward(
        WorkerPool pool,
        ConvolutionPlan plan,
        int images,
        float* x,
        float* weights,
        float* bias,
        float* y,
        PackedWeights? packed = null,
        Rectifier? rectifier = null,
        float* addend = null)
    {
        ConvolutionShape shape = plan.Shape;
        long sizeY = (long)images * shape.OutSizeOfImage, sizeX = (long)images * shape.ImageSize;
        GemmGuard.Result(images, y, sizeY, x, sizeX, weights, (long)shape.Outputs * shape.Taps);
        switch (AlgorithmOf(plan, images, packed is not null))
        {
            case Algorithm.Pointwise:
                PointwiseConvolution.Forward(pool, plan, images, x, weights, bias, y, packed, rectifier, addend);
                break;
            case Algorithm.Direct:
                DirectConvolution.Forward(pool, plan, images, x, weights, bias, y, packed, rectifier, addend);
                break;
            case var _ when addend != null:
                Forward(pool, plan, images, x, weights, bias, y, packed);
                Rectify.Sum(pool, y, addend, (int)sizeY, rectifier);
                break;
            case Algorithm.Winograd:
                WinogradConvolution.Forward(pool, shape, images, x, weights, bias, y, packed, rectifier);
                break;
            default:
                ForwardOfPatches(pool, plan, images, x, weights, bias, y, packed, rectifier);
                break;
        }
    }

    private static void ForwardOfPatches(
        WorkerPool pool, ConvolutionPlan plan, int images, float* x, float* weights, float* bias, float* y,
        PackedWeights? packed, Rectifier? rectifier)
    {
        ConvolutionShape shape = plan.Shape;
        int panels = (shape.GroupOutputs + plan.PanelRows - 1) / plan.PanelRows;
        int blocks = (shape.Taps + plan.Depth - 1) / plan.Depth;
        nint blockSize = panels * Packing.PanelSize(plan.PanelRows, plan.Depth);
        bool isPacked = false;
        long packedSize = shape.Groups * blocks * blockSize;
        float* weightPanels = packed is null
            ? pool.Scratch(0, ScratchSlot.SharedLeftPanels, packedSize)
            : packed.Buffer(WeightForm.Rows, packedSize, out isPacked);
        if (!isPacked)
        {
            var pack = new WeightPacking
            {
                Weights = weights, Packed = weightPanels, Rows = shape.GroupOutputs, Columns = shape.Taps,
                RowStep = shape.Taps,
                ColumnStep = 1, GroupStep = (nint)shape.GroupOutputs * shape.Taps, PanelRows = plan.PanelRows,
                Depth = plan.Depth, Blocks = blocks, BlockSize = blockSize,
            };
            pool.Run(shape.Groups * blocks, ref pack);
            packed?.MarkPacked(WeightForm.Rows, packedSize);
        }

        int parts = images * plan.Strips * shape.Groups;
        int splits = Splits(parts, panels, pool.ThreadCount);
        var forward = new ForwardGemmJob
        {
            Plan = plan, Pool = pool, X = x, Bias = bias, Y = y, Packed = weightPanels, Blocks = blocks,
            BlockSize = blockSize,
            Splits = splits, PanelsPerSplit = (panels + splits - 1) / splits, Rectifier = rectifier,
        };
        pool.Run(parts * splits, ref forward);
    }

    /// <summary>
    /// Returns whether a pass over <paramref name="images"/> images would read the weights, as they are not packed in
    /// the form that it needs.
    /// </summary>
    public static bool NeedsWeights(ConvolutionPlan plan, int images, PackedWeights packed) =>
        !packed.Has(AlgorithmOf(plan, images, reusesWeights: true) switch
        {
            Algorithm.Winograd => WeightForm.Winograd,
            Algorithm.Pointwise => PointwiseConvolution.FormOf(plan.Shape),
            Algorithm.Direct => WeightForm.Columns,
            _ => WeightForm.Rows,
        });

    /// <summary>Computes dx = the gradient of x; overwrites dx.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="plan">The sizes.</param>
    /// <param name="images">Number of images, N.</param>
    /// <param name="dy">[N, Outputs, OutHeight, OutWidth].</param>
    /// <param name="weights">[Outputs, C / Groups, KernelHeight, KernelWidth].</param>
    /// <param name="dx">[N, C, H, W].</param>
    public static void InputGradient(
        WorkerPool pool, ConvolutionPlan plan, int images, float* dy, float* weights, float* dx)
    {
        ConvolutionShape shape = plan.Shape;
        long sizeDy = (long)images * shape.OutSizeOfImage, sizeDx = (long)images * shape.ImageSize;
        GemmGuard.Result(images, dx, sizeDx, dy, sizeDy, weights, (long)shape.Outputs * shape.Taps);
        if (WinogradConvolution.SuitsInputGradient(shape, images))
        {
            WinogradConvolution.InputGradient(pool, shape, images, dy, weights, dx);
            return;
        }

        if (PointwiseConvolution.Suits(shape))
        {
            PointwiseConvolution.InputGradient(pool, plan, images, dy, weights, dx);
            return;
        }

        int kernel = shape.KernelHeight * shape.KernelWidth;
        int blocks = (shape.GroupOutputs + plan.OutputDepth - 1) / plan.OutputDepth;
        int panels = ((plan.ChunkChannels * kernel) + plan.ChunkPanelRows - 1) / plan.ChunkPanelRows;
        nint blockSize = panels * Packing.PanelSize(plan.ChunkPanelRows, plan.OutputDepth);
        nint chunkSize = blocks * blockSize;
        float* packed = pool.Scratch(0, ScratchSlot.SharedLeftPanels, shape.Groups * plan.ChannelChunks * chunkSize);
        for (int chunk = 0; chunk < plan.ChannelChunks; chunk++)
        {
            int firstTap = chunk * plan.ChunkChannels * kernel;
            var pack = new WeightPacking
            {
                Weights = weights + firstTap, Packed = packed + (chunk * chunkSize),
                Rows = Math.Min(plan.ChunkChannels * kernel, shape.Taps - firstTap), Columns = shape.GroupOutputs,
                RowStep = 1, ColumnStep = shape.Taps, GroupStep = (nint)shape.GroupOutputs * shape.Taps,
                PackedGroupStep = plan.ChannelChunks * chunkSize, PanelRows = plan.ChunkPanelRows,
                Depth = plan.OutputDepth, Blocks = blocks, BlockSize = blockSize,
            };
            pool.Run(shape.Groups * blocks, ref pack);
        }

        int parts = images * shape.Groups;
        int splits = Splits(parts, plan.ChannelChunks, pool.ThreadCount);
        var gradient = new InputGradientJob
        {
            Plan = plan, Pool = pool, Dy = dy, Dx = dx, Packed = packed, Blocks = blocks, BlockSize = blockSize,
            ChunkSize = chunkSize, Splits = splits, ChunksPerSplit = (plan.ChannelChunks + splits - 1) / splits,
        };
        pool.Run(parts * splits, ref gradient);
    }

    /// <summary>Adds the gradient of the weights to dW, and that of the bias to db.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="plan">The sizes.</param>
    /// <param name="images">Number of images, N.</param>
    /// <param name="x">[N, C, H, W].</param>
    /// <param name="dy">[N, Outputs, OutHeight, OutWidth].</param>
    /// <param name="dw">[Outputs, C / Groups, KernelHeight, KernelWidth]; added to.</param>
    /// <param name="db">[Outputs], added to; or null.</param>
    public static void WeightGradient(
        WorkerPool pool, ConvolutionPlan plan, int images, float* x, float* dy, float* dw, float* db = null)
    {
        ConvolutionShape shape = plan.Shape;
        int count = shape.Outputs * shape.Taps;
        GemmGuard.Result(
            images, dw, count, x, (long)images * shape.ImageSize, dy, (long)images * shape.OutSizeOfImage);
        int strips = images * plan.Strips;
        if (strips == 0)
        {
            return;
        }

        if (PointwiseConvolution.Suits(shape) && shape.HasStride)
        {
            PointwiseConvolution.StridedWeightGradient(pool, plan, images, x, dy, dw, db);
            return;
        }

        bool isWinograd = WinogradGradient.Suits(shape, images);
        if (!isWinograd && DirectWeightGradient.Suits(plan, images))
        {
            DirectWeightGradient.Run(pool, plan, images, x, dy, dw, db);
            return;
        }

        if (db != null)
        {
            BiasGradient(pool, shape.Outputs, shape.OutPixels, images, dy, db);
        }

        if (isWinograd)
        {
            WinogradGradient.Run(pool, shape, images, x, dy, dw);
            return;
        }

        int sums = (int)Math.Clamp(PartialFloats / count, 1, Math.Min(MostPartials, strips));
        int stripsPerSum = (strips + sums - 1) / sums;
        sums = (strips + stripsPerSum - 1) / stripsPerSum;
        int tapPanels = (shape.Taps + MicroKernels.Columns - 1) / MicroKernels.Columns;
        int parts = sums * shape.Groups;
        int splits = Splits(parts, tapPanels, pool.ThreadCount);
        int panelsPerSplit = (tapPanels + splits - 1) / splits;
        splits = (tapPanels + panelsPerSplit - 1) / panelsPerSplit;
        float* partials = sums == 1 ? dw : pool.Scratch(0, ScratchSlot.Partials, (long)sums * count);
        var gradient = new WeightGradientJob
        {
            Plan = plan, Pool = pool, X = x, Dy = dy, Sums = partials, AddToSums = sums == 1, Strips = strips,
            StripsPerSum = stripsPerSum, Splits = splits, PanelsPerSplit = panelsPerSplit,
        };
        pool.Run(parts * splits, ref gradient);
        if (sums > 1)
        {
            var reduce = new AddPartials
            {
                Sums = partials, Count = sums, Length = count, PartFloats = ReductionFloats, Target = dw,
            };
            pool.Run((count + ReductionFloats - 1) / ReductionFloats, ref reduce);
        }
    }

    /// <summary>Adds the gradient of the bias to db.</summary>
    /// <param name="pool">The threads.</param>
    /// <param name="outputs">Channels of the result.</param>
    /// <param name="pixels">Values of one channel of one image.</param>
    /// <param name="images">Number of images, N.</param>
    /// <param name="dy">[N, outputs, pixels].</param>
    /// <param name="db">[outputs]; added to.</param>
    public static void BiasGradient(WorkerPool pool, int outputs, int pixels, int images, float* dy, float* db)
    {
        var gradient = new BiasGradientJob { Outputs = outputs, Pixels = pixels, Images = images, Dy = dy, Db = db };
        pool.Run((outputs + BiasGradientJob.OutputsPerPart - 1) / BiasGradientJob.OutputsPerPart, ref gradient);
    }

    // Returns how a forward pass is computed.
    private static Algorithm AlgorithmOf(ConvolutionPlan plan, int images, bool reusesWeights) =>
        WinogradConvolution.Suits(plan.Shape, images, reusesWeights) ? Algorithm.Winograd
        : PointwiseConvolution.Suits(plan.Shape) ? Algorithm.Pointwise
        : DirectConvolution.Suits(plan) ? Algorithm.Direct
        : Algorithm.Patches;

    // Returns the number of pieces that the outputs or channels of each part are split into, so that a small number of
    // parts occupies all threads. Each value is computed within one piece, so its bits do not depend on the number.
    private static int Splits(int parts, int most, int threads)
    {
        int best = 1;
        double least = double.MaxValue;
        for (int splits = 1; splits <= Math.Min(most, threads); splits++)
        {
            int rounds = ((parts * splits) + threads - 1) / threads;
            double time = rounds * ((1.0 / splits) + PackingShare);
            (best, least) = time < least ? (splits, time) : (best, least);
        }

        return best;
    }
}
