using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Pooling;
using Cnn.Layers.Kernels.Resize;

namespace Cnn.Layers.Vision;

/// <summary>
/// ICNet's pyramid in one layer: the bottom [N, C, H, W] plus its means over windows of four sizes, each resized to H
/// rows and W columns with aligned corners (Zhao et al., "ICNet for real-time semantic segmentation", ECCV 2018,
/// section 3.3). Windows are 33 x 65, 17 x 33, 13 x 25 and 8 x 15, 33 x 65, 16 x 32, 10 x 20 and 5 x 10 apart, those of
/// its net for Cityscapes, where the bottom is 33 x 65. From Synopsys' fork of Caffe, which has no gradient.
/// </summary>
[LayerType("ICNetSubgraph")]
internal sealed unsafe class ICNetSubgraphLayer(LayerContext context) : Layer(context)
{
    private const int Levels = 4;

    private readonly PoolingShape[] pooling = new PoolingShape[Levels];
    private readonly ResizeShape[] resizing = new ResizeShape[Levels];
    private readonly ResizeTaps?[] rows = new ResizeTaps?[Levels];
    private readonly ResizeTaps?[] columns = new ResizeTaps?[Levels];
    private readonly Blob pooled = new();
    private readonly Blob resized = new();
    private int planes;

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <summary>The windows of each level, for the bottom's shape.</summary>
    public IReadOnlyList<PoolingShape> Pyramid => pooling;

    private static ReadOnlySpan<int> KernelHeights => [33, 17, 13, 8];

    private static ReadOnlySpan<int> KernelWidths => [65, 33, 25, 15];

    private static ReadOnlySpan<int> StrideHeights => [33, 16, 10, 5];

    private static ReadOnlySpan<int> StrideWidths => [65, 32, 20, 10];

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        if (bottom.AxisCount != 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}",
                "ICNetSubgraph takes 4 axes: [N, C, H, W]");
        }

        planes = bottom.CountOf(0, 2);
        int most = 0;
        for (int level = 0; level < Levels; level++)
        {
            int height = Windows(bottom.Dim(2), KernelHeights[level], StrideHeights[level]);
            int width = Windows(bottom.Dim(3), KernelWidths[level], StrideWidths[level]);
            if (height < 1 || width < 1)
            {
                throw Context.Error(
                    $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}",
                    "its windows need 4 rows and 6 columns at least");
            }

            SetLevel(level, bottom, height, width);
            most = Math.Max(most, height * width);
        }

        pooled.Reshape(planes, most);
        resized.ReshapeLike(bottom);
        tops[0].ReshapeLike(bottom);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        float* x = bottoms[0].DataPointer, y = tops[0].DataPointer, means = pooled.DataPointer;
        int count = bottoms[0].Count;
        BlockKernel.Copy(x, y, count, Context.Pool);
        for (int level = 0; level < Levels; level++)
        {
            AveragePooling.Forward(x, means, planes, pooling[level], Context.Pool);
            BilinearResize.Forward(
                means, resized.DataPointer, resizing[level], rows[level]!, columns[level]!, Context.Pool);
            SumKernel.AddTo(y, resized.DataPointer, count, Context.Pool);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (!propagateDown[0])
        {
            return;
        }

        float* dy = tops[0].DiffPointer, dx = bottoms[0].DiffPointer, means = pooled.DataPointer;
        int count = bottoms[0].Count;
        BlockKernel.Copy(dy, dx, count, Context.Pool);
        for (int level = 0; level < Levels; level++)
        {
            BilinearResize.Backward(dy, means, resizing[level], rows[level]!, columns[level]!, Context.Pool);
            AveragePooling.Backward(means, resized.DataPointer, planes, pooling[level], Context.Pool);
            SumKernel.AddTo(dx, resized.DataPointer, count, Context.Pool);
        }
    }

    private static int Windows(int size, int kernel, int stride) =>
        size == 0 ? 0 : (int)Math.Ceiling((size - kernel) / (double)stride) + 1;

    private static ResizeTaps Taps(int count, int size)
    {
        float scale = count > 1 ? (size - 1f) / (count - 1) : 0;
        return ResizeTaps.Linear(count, size, i => scale * i);
    }

    private void SetLevel(int level, Blob bottom, int height, int width)
    {
        pooling[level] = new PoolingShape(
            bottom.Dim(2), bottom.Dim(3), height, width, KernelHeights[level], KernelWidths[level],
            StrideHeights[level], StrideWidths[level], 0, 0);
        var wanted = new ResizeShape(planes, height, width, bottom.Dim(2), bottom.Dim(3));
        if (rows[level] is null || wanted != resizing[level])
        {
            resizing[level] = wanted;
            (rows[level], columns[level]) = (Taps(wanted.OutHeight, height), Taps(wanted.OutWidth, width));
        }
    }
}
