using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Runs the forward pass by GEMM. A part is some outputs of one group over one strip of one image.
/// </summary>
internal unsafe struct ForwardGemmJob : IParallelJob
{
    public ConvolutionPlan Plan;
    public WorkerPool Pool;
    public float* X, Bias, Y, Packed;
    public int Blocks, Splits, PanelsPerSplit;
    public nint BlockSize;
    public Rectifier? Rectifier;

    public readonly void Run(int part, int worker)
    {
        ConvolutionShape shape = Plan.Shape;
        int split = part % Splits, rest = part / Splits;
        int group = rest % shape.Groups, strip = rest / shape.Groups % Plan.Strips,
            image = rest / shape.Groups / Plan.Strips;
        int firstOutput = split * PanelsPerSplit * Plan.PanelRows;
        int outputs = Math.Min(PanelsPerSplit * Plan.PanelRows, shape.GroupOutputs - firstOutput);
        if (outputs <= 0)
        {
            return;
        }

        PatchPacking patches = Plan.PatchesOf(strip);
        int firstRow = strip * Plan.Strip.OutRows, nr = MicroKernels.Columns;
        float* source = X + ((nint)image * shape.ImageSize)
            + ((nint)group * shape.GroupChannels * shape.Height * shape.Width);
        float* scratch = Plan.Strip.InPlace ? null : Pool.Scratch(worker, ScratchSlot.Image, Plan.Strip.Size);
        source = Plan.Strip.Lay(source, firstRow, Plan.RowsOf(strip), scratch);
        int output = (group * shape.GroupOutputs) + firstOutput;
        float* target = Y + ((((nint)image * shape.Outputs) + output) * shape.OutPixels) + (firstRow * shape.OutWidth);

        int blockPixels = Math.Min(patches.Pixels, Math.Max(nr, PackedGemm.BlockFloats / Plan.Depth / nr * nr));
        int blockPanels = (blockPixels + nr - 1) / nr;
        float* panels = Pool.Scratch(
            worker, ScratchSlot.RightPanels, blockPanels * PackedGemm.RightPanelSize(Plan.Depth));
        for (int pixel = 0; pixel < patches.Pixels; pixel += blockPixels)
        {
            int pixels = Math.Min(blockPixels, patches.Pixels - pixel);
            for (int block = 0; block < Blocks; block++)
            {
                int tap = block * Plan.Depth, depth = Math.Min(Plan.Depth, shape.Taps - tap);
                for (int p = 0; p < pixels; p += nr)
                {
                    int count = Math.Min(nr, pixels - p);
                    patches.Pack(
                        source,
                        Plan.Strip.Taps + tap,
                        depth,
                        pixel + p,
                        count,
                        panels + (p / nr * PackedGemm.RightPanelSize(depth)),
                        PackedGemm.Vectors(count) * MicroKernels.Width);
                }

                nint panelSize = Packing.PanelSize(Plan.PanelRows, depth);
                float* weights = Packed + (((group * Blocks) + block) * BlockSize)
                    + (split * PanelsPerSplit * panelSize);
                GemmAddend addTo = block > 0 ? GemmAddend.Existing
                    : Bias != null ? GemmAddend.RowBias
                    : GemmAddend.Nothing;
                PackedGemm.Run(
                    outputs, pixels, depth, Plan.PanelRows, weights, panels, target + pixel, shape.OutPixels, addTo,
                    Bias + output);
            }

            // Rectify the result while it is still in the cache.
            for (int row = 0; row < outputs && Rectifier.HasValue; row++)
            {
                Rectify.Run(target + pixel + ((nint)row * shape.OutPixels), pixels, Rectifier.Value);
            }
        }
    }
}
