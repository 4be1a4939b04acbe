using System.Numerics;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Computes the gradient of the input. A part is some channels of one group of one image. The columns of a few channels
/// at a time, W' dy, are computed in the cache and added to the pixels that their taps see.
/// </summary>
internal unsafe struct InputGradientJob : IParallelJob
{
    public ConvolutionPlan Plan;
    public WorkerPool Pool;
    public float* Dy, Dx, Packed;
    public int Blocks, Splits, ChunksPerSplit;
    public nint BlockSize, ChunkSize;

    public readonly void Run(int part, int worker)
    {
        ConvolutionShape shape = Plan.Shape;
        ImageLayout layout = Plan.Whole;
        int split = part % Splits, group = part / Splits % shape.Groups, image = part / Splits / shape.Groups;
        int firstChannel = split * ChunksPerSplit * Plan.ChunkChannels;
        int endChannel = Math.Min(shape.GroupChannels, (split + 1) * ChunksPerSplit * Plan.ChunkChannels);
        if (firstChannel >= endChannel)
        {
            return;
        }

        int channelSize = shape.Height * shape.Width;
        float* dx = Dx + ((nint)image * shape.ImageSize) + ((nint)group * shape.GroupChannels * channelSize);
        float* laid = layout.InPlace ? dx : Pool.Scratch(worker, ScratchSlot.Image, layout.Size);
        bool plain = IsPlain(shape);
        if (!plain)
        {
            new Span<float>(
                laid + ((nint)firstChannel * layout.ChannelSize),
                (endChannel - firstChannel) * layout.ChannelSize).Clear();
        }

        float* dy = Dy + ((((nint)image * shape.Outputs) + (group * shape.GroupOutputs)) * shape.OutPixels);
        int rowsAtOnce = Math.Clamp(256 / shape.OutWidth, 1, shape.OutHeight);
        for (int row = 0; row < shape.OutHeight; row += rowsAtOnce)
        {
            int rows = Math.Min(rowsAtOnce, shape.OutHeight - row);
            AddRows(dy, group, row, rows, split, laid, plain, worker);
        }

        if (!layout.InPlace)
        {
            for (int c = firstChannel; c < endChannel; c++)
            {
                layout.TakeUp(laid + ((nint)c * layout.ChannelSize), dx + ((nint)c * channelSize));
            }
        }
    }

    // Returns whether one tap covers every pixel once, so that the columns are the gradient.
    private static bool IsPlain(in ConvolutionShape shape) => shape is
    {
        KernelHeight: 1, KernelWidth: 1, StrideHeight: 1, StrideWidth: 1, PadHeight: 0, PadWidth: 0,
    };

    private readonly void AddRows(
        float* dy, int group, int row, int rows, int split, float* laid, bool plain, int worker)
    {
        ConvolutionShape shape = Plan.Shape;
        int nr = MicroKernels.Columns, pixels = rows * shape.OutWidth, kernel = shape.KernelHeight * shape.KernelWidth;
        int panelsAcross = (pixels + nr - 1) / nr;
        nint rightBlock = panelsAcross * PackedGemm.RightPanelSize(Plan.OutputDepth);
        float* right = Pool.Scratch(worker, ScratchSlot.RightPanels, Blocks * rightBlock);
        for (int block = 0; block < Blocks; block++)
        {
            int first = block * Plan.OutputDepth, depth = Math.Min(Plan.OutputDepth, shape.GroupOutputs - first);
            float* source = dy + ((nint)first * shape.OutPixels) + (row * shape.OutWidth);
            float* target = right + (block * rightBlock);
            for (int p = 0; p < pixels; p += nr, target += PackedGemm.RightPanelSize(depth))
            {
                int count = Math.Min(nr, pixels - p);
                Packing.Copy(
                    source + p, shape.OutPixels, count, depth, target, PackedGemm.Vectors(count) * MicroKernels.Width);
            }
        }

        float* columns = plain ? null
            : Pool.Scratch(worker, ScratchSlot.Columns, (long)Plan.ChunkChannels * kernel * pixels);
        int endChunk = Math.Min(Plan.ChannelChunks, (split + 1) * ChunksPerSplit);
        for (int chunk = split * ChunksPerSplit; chunk < endChunk; chunk++)
        {
            int firstTap = chunk * Plan.ChunkChannels * kernel,
                taps = Math.Min(Plan.ChunkChannels * kernel, shape.Taps - firstTap);
            float* target = plain ? laid + ((nint)firstTap * shape.OutPixels) + (row * shape.OutWidth) : columns;
            nint ldc = plain ? shape.OutPixels : pixels;
            for (int block = 0; block < Blocks; block++)
            {
                int depth = Math.Min(Plan.OutputDepth, shape.GroupOutputs - (block * Plan.OutputDepth));
                float* left = Packed + (((group * Plan.ChannelChunks) + chunk) * ChunkSize) + (block * BlockSize);
                PackedGemm.Run(
                    taps, pixels, depth, Plan.ChunkPanelRows, left, right + (block * rightBlock), target, ldc,
                    block > 0 ? GemmAddend.Existing : GemmAddend.Nothing, null);
            }

            for (int t = 0; t < taps && !plain; t++)
            {
                float* to = laid + Plan.Whole.Taps[firstTap + t] + ((nint)row * Plan.Whole.PixelRowSize);
                AddTap(columns + ((nint)t * pixels), to, rows, shape.OutWidth, Plan.Whole.PixelRowSize);
            }
        }
    }

    private static void AddTap(float* column, float* to, int rows, int width, int step)
    {
        for (int row = 0; row < rows; row++, column += width, to += step)
        {
            int i = 0;
            for (; i + Vector<float>.Count <= width; i += Vector<float>.Count)
            {
                Vector.Store(Vector.Load(to + i) + Vector.Load(column + i), to + i);
            }

            for (; i < width; i++)
            {
                to[i] += column[i];
            }
        }
    }
}
