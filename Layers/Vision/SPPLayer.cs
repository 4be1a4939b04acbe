using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Kernels.Pooling;
using Cnn.Proto;
using Method = Cnn.Proto.PoolingParameter.Types.PoolMethod;

namespace Cnn.Layers.Vision;

/// <summary>
/// Spatial pyramid pooling (He, Zhang, Ren and Sun, "Spatial pyramid pooling in deep convolutional networks for visual
/// recognition", ECCV 2014): level l pools [N, C, H, W] into b x b bins, b = 2^l, and the levels' values lie one after
/// another: [N, C (1 + 4 + ... + 4^(pyramid_height - 1))] whatever H and W are. A pyramid of one level gives
/// [N, C, 1, 1].
/// </summary>
/// <remarks>
/// As in Caffe a level's kernel and stride are ceil(size / b) and its padding (kernel b - size + 1) / 2, rounded down;
/// sizes whose padding reaches the kernel's size, such as 5 in 4 bins, are an error.
/// </remarks>
[LayerType("SPP")]
internal sealed unsafe class SPPLayer(LayerContext context) : Layer(context)
{
    // More levels than this have more bins than a blob can hold.
    private const int HighestPyramid = 15;

    private readonly SPPParameter options = context.Parameter.SppParam ?? new SPPParameter();
    private readonly Blob image = new();
    private PoolingPasses[] levels = [];
    private Blob[] pooled = [];

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (options.PyramidHeight is 0 or > HighestPyramid)
        {
            throw Context.Error(
                options,
                SPPParameter.PyramidHeightFieldNumber,
                $"pyramid_height is {options.PyramidHeight}, expected 1 to {HighestPyramid}");
        }

        Method method = options.Pool switch
        {
            SPPParameter.Types.PoolMethod.Ave => Method.Ave,
            SPPParameter.Types.PoolMethod.Stochastic => Method.Stochastic,
            _ => Method.Max,
        };
        levels = new PoolingPasses[options.PyramidHeight];
        pooled = new Blob[levels.Length];
        for (int level = 0; level < levels.Length; level++)
        {
            levels[level] = new PoolingPasses(Context, method, $"pool {level}");
            pooled[level] = new Blob();
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        if (bottom.AxisCount != 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}", "SPP takes 4 axes: [N, C, H, W]");
        }

        long bins = ((1L << (2 * levels.Length)) - 1) / 3;
        long count = BlobSize.Of(bottom.CountOf(0, 2), bins);
        if (count > BlobSize.Most)
        {
            throw Context.Error(
                options,
                SPPParameter.PyramidHeightFieldNumber,
                $"{bins} bins of each channel of bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} "
                + "are too many: " + BlobSize.Excess(count));
        }

        for (int level = 0; level < levels.Length; level++)
        {
            PoolingShape shape = Geometry(bottom, 1 << level);
            pooled[level].Reshape(bottom.Dim(0), bottom.Dim(1), shape.PooledHeight, shape.PooledWidth);
            levels[level].Prepare(bottom.CountOf(0, 2), shape);
        }

        if (levels.Length == 1)
        {
            tops[0].ReshapeLike(pooled[0]);
        }
        else
        {
            tops[0].Reshape(bottom.Dim(0), (int)(bottom.Dim(1) * bins));
            image.ReshapeLike(bottom);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int from = 0;
        for (int level = 0; level < levels.Length; level++)
        {
            levels[level].Forward(bottoms[0].DataPointer, pooled[level].DataPointer);
            from = Move(pooled[level].Data, tops[0].Data, bottoms[0].Dim(0), from, back: false);
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

        int from = 0;
        Blob bottom = bottoms[0];
        for (int level = 0; level < levels.Length; level++)
        {
            from = Move(pooled[level].Diff, tops[0].Diff, bottom.Dim(0), from, back: true);
            float* dx = level == 0 ? bottom.DiffPointer : image.DiffPointer;
            levels[level].Backward(bottom.DataPointer, pooled[level].DataPointer, pooled[level].DiffPointer, dx);
            if (level > 0)
            {
                SumKernel.AddTo(bottom.DiffPointer, dx, bottom.Count, Context.Pool);
            }
        }
    }

    // Copies between a level's values and their place in each item of the top; returns where the next level's values
    // begin.
    private static int Move(Span<float> level, Span<float> top, int items, int from, bool back)
    {
        int size = items == 0 ? 0 : level.Length / items, row = items == 0 ? 0 : top.Length / items;
        for (int item = 0; item < items; item++)
        {
            Span<float> inner = level.Slice(item * size, size), outer = top.Slice((item * row) + from, size);
            (back ? outer : inner).CopyTo(back ? inner : outer);
        }

        return from + size;
    }

    private PoolingShape Geometry(Blob bottom, int bins)
    {
        var (kernelHeight, padHeight) = Window(bottom, 2, bins);
        var (kernelWidth, padWidth) = Window(bottom, 3, bins);
        if (options.Pool == SPPParameter.Types.PoolMethod.Stochastic && (padHeight > 0 || padWidth > 0))
        {
            throw Context.Error(
                options,
                SPPParameter.PoolFieldNumber,
                $"{bins} x {bins} bins of bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} need padding, "
                + "which stochastic pooling does not take",
                "the height and width must be multiples of the number of bins");
        }

        return new PoolingShape(
            bottom.Dim(2), bottom.Dim(3), bins, bins, kernelHeight, kernelWidth, kernelHeight, kernelWidth,
            padHeight, padWidth);
    }

    private (int Kernel, int Pad) Window(Blob bottom, int axis, int bins)
    {
        int size = bottom.Dim(axis), kernel = (int)(((long)size + bins - 1) / bins);
        long pad = (((long)kernel * bins) - size + 1) / 2;
        return size > 0 && pad < kernel
            ? (kernel, (int)pad)
            : throw Context.Error(
                options,
                SPPParameter.PyramidHeightFieldNumber,
                $"bottom '{Parameter.Bottom[0]}' of shape {bottom.ShapeText} is {size} long on axis {axis}, "
                + $"which {bins} bins do not divide: the kernel would be {kernel} and its padding {pad}",
                "use fewer levels or another size");
    }
}
