using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Vision;

/// <summary><c>y = coefficient[c] * (sum over the window) + bias[c]</c>; what does not fill a window is ignored.</summary>
[Reference("Subsampling")]
internal sealed class SubsamplingReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0];
        var (rows, columns) = Windows(call.Layer.SubsamplingParam, x);
        int channels = x.Shape[1];
        ReferenceBlob y = call.Top(0, x.Shape[0], channels, rows.Count, columns.Count);
        var pooling = new PlanePooling(rows, columns);
        for (int i = 0; i < y.Count; i++)
        {
            int plane = i / pooling.Count, c = plane % channels;
            double sum = pooling.Pixels(i % pooling.Count).Sum(p => x.Data[(plane * x.CountOf(2)) + p]);
            y.Data[i] = (call.Parameter(0, channels).Data[c] * sum) + call.Parameter(1, channels).Data[c];
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new SubsamplingParameter();
        if (random.Chance(0.4))
        {
            (options.KernelH, options.KernelW) = ((uint)random.Between(1, 4), (uint)random.Between(1, 4));
        }
        else
        {
            options.KernelSize = (uint)random.Between(1, 4);
        }

        if (random.Chance(0.25))
        {
            (options.StrideH, options.StrideW) = ((uint)random.Between(1, 4), (uint)random.Between(1, 4));
        }
        else
        {
            random.Maybe(() => options.Stride = (uint)random.Between(1, 4));
        }

        random.Maybe(() => options.WeightFiller = new FillerParameter { Type = "constant", Value = 1 });
        random.Maybe(() => options.BiasFiller = new FillerParameter { Type = "constant", Value = 1 });
        int channels = random.Between(1, 5);
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, SubsamplingParam = options },
            Bottoms = [new ReferenceBottom(Shape(), Fillings.Uniform()) { LaterShape = random.Chance(0.3) ? Shape() : null }],
            Passes = random.Between(1, 2),
        };

        int[] Shape()
        {
            var (rows, columns) = Windows(options, new ReferenceBlob(1, 1, 9, 9));
            return [random.Between(1, 3), channels, rows.Kernel + random.Between(0, 7), columns.Kernel + random.Between(0, 7)];
        }
    }

    private static (PoolingWindows Rows, PoolingWindows Columns) Windows(SubsamplingParameter options, ReferenceBlob x)
    {
        int high = (int)(options.HasKernelH ? options.KernelH : options.KernelSize);
        int wide = (int)(options.HasKernelH ? options.KernelW : options.KernelSize);
        int down = options.HasStrideH ? (int)options.StrideH : options.HasStride ? (int)options.Stride : high;
        int right = options.HasStrideH ? (int)options.StrideW : options.HasStride ? (int)options.Stride : wide;
        return (
            PoolingWindows.Of(x.Shape[2], high, down, 0, 0, isCeil: false, isPadded: false),
            PoolingWindows.Of(x.Shape[3], wide, right, 0, 0, isCeil: false, isPadded: false));
    }
}
