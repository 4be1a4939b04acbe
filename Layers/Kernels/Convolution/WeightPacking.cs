using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>
/// Packs each group's weights, or their transpose, into panels of A. A part is one block of depths of one group.
/// </summary>
internal unsafe struct WeightPacking : IParallelJob
{
    public float* Weights, Packed;
    public int Rows, Columns, RowStep, ColumnStep, PanelRows, Depth, Blocks;
    public nint GroupStep, PackedGroupStep, BlockSize;

    public readonly void Run(int part, int worker)
    {
        int group = part / Blocks, block = part % Blocks;
        int first = block * Depth, depth = Math.Min(Depth, Columns - first);
        float* source = Weights + (group * GroupStep) + ((nint)first * ColumnStep);
        nint groupStep = PackedGroupStep != 0 ? PackedGroupStep : Blocks * BlockSize;
        float* target = Packed + (group * groupStep) + (block * BlockSize);
        nint step = Packing.PanelSize(PanelRows, depth);
        for (int row = 0; row < Rows; row += PanelRows, target += step)
        {
            int count = Math.Min(PanelRows, Rows - row);
            if (RowStep == 1)
            {
                Packing.Copy(source + row, ColumnStep, count, depth, target, count);
            }
            else
            {
                Packing.Transpose(source + ((nint)row * RowStep), RowStep, count, depth, target, count);
            }
        }
    }
}
