using Cnn.Fillers;
using Cnn.Proto;
using Method = Cnn.Proto.PoolingParameter.Types.PoolMethod;

namespace Cnn.Campaigns.References.Vision;

/// <summary>Pooling of planes with the windows of Caffe and its forks.</summary>
[Reference("Pooling")]
internal sealed class PoolingReference : IReferenceLayer, IReferenceCases, IReferenceGradient, IReferenceObserver
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0];
        (PoolingWindows rows, PoolingWindows columns) = Windows(call.Layer.PoolingParam, x);
        var pooling = new PlanePooling(rows, columns);
        int[] shape = [x.Shape[0], x.Shape[1], rows.Count, columns.Count];
        ReferenceBlob y = call.Top(0, shape);
        for (int i = 0; i < y.Count; i++)
        {
            double[] plane = Plane(x, i / pooling.Count);
            int window = i % pooling.Count, largest = pooling.Largest(plane, window);
            y.Data[i] = MethodOf(call.Layer.PoolingParam) switch
            {
                Method.Max => largest < 0 ? float.MinValue : plane[largest],
                Method.Ave => pooling.MeanWithPadding(plane, window),
                Method.Stochastic when call.IsTraining => StochasticDraws.Value(call, i, plane),
                Method.Stochastic => pooling.Expected(plane, window),
                _ => pooling.MeanOfPixels(plane, window),
            };
            if (call.Tops.Count > 1)
            {
                call.Top(1, shape).Data[i] = largest;
            }
        }
    }

    /// <inheritdoc/>
    public void Observe(ReferenceCall call, IReadOnlyList<ReferenceBlob> product)
    {
        if (!call.IsTraining || MethodOf(call.Layer.PoolingParam) != Method.Stochastic)
        {
            return;
        }

        ReferenceBlob x = call.Bottoms[0];
        (PoolingWindows rows, PoolingWindows columns) = Windows(call.Layer.PoolingParam, x);
        var pooling = new PlanePooling(rows, columns);
        var draws = new StochasticDraws(call);
        for (int i = 0; i < product[0].Count; i++)
        {
            draws.Add(Plane(x, i / pooling.Count), pooling, i % pooling.Count, product[0].Data[i]);
        }

        draws.Finish();
    }

    /// <summary>Of equal values the first gets the gradient, which differences do not tell.</summary>
    public bool HasOwnGradient(ReferenceCall call) =>
        MethodOf(call.Layer.PoolingParam) == Method.Max
            && call.Bottoms[0].Data.Distinct().Count() < call.Bottoms[0].Count;

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0];
        (PoolingWindows rows, PoolingWindows columns) = Windows(call.Layer.PoolingParam, x);
        var pooling = new PlanePooling(rows, columns);
        for (int i = 0; i < call.TopDiffs[0].Count; i++)
        {
            int plane = i / pooling.Count, largest = pooling.Largest(Plane(x, plane), i % pooling.Count);
            if (largest >= 0)
            {
                call.BottomDiffs[0].Data[(plane * x.CountOf(2)) + largest] += call.TopDiffs[0].Data[i];
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new PoolingParameter();
        random.Maybe(() => options.Pool = random.Pick(
            Method.Max, Method.Ave, Method.Ave, Method.Stochastic, Method.Stochastic, Method.AveExcPad, Method.AveTf));
        Method method = options.Pool;
        if (method == Method.Ave && random.Chance(0.3))
        {
            options.AvgIncludePad = random.Chance(0.5);
        }

        if (random.Chance(0.15))
        {
            options.GlobalPooling = true;
        }
        else
        {
            PoolingDraws.Window(random, options, isPadded: method != Method.Stochastic);
        }

        bool isMany = method == Method.Stochastic && random.Chance(0.4);
        double zeros = method == Method.Stochastic && random.Chance(0.3) ? 0.5 : 0;
        int[] shape = Shape();
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, PoolingParam = options },
            Bottoms =
            [
                new ReferenceBottom(
                    shape,
                    method == Method.Stochastic ? StochasticDraws.Values(zeros)
                    : random.Chance(0.15) ? Fillings.Of(-1, 0, 1)
                    : Fillings.Uniform(-2, 2))
                {
                    LaterShape = random.Chance(0.3) ? Shape() : null,
                },
            ],
            Tops = method == Method.Max ? random.Between(1, 2) : 1,
            GradientTops = 1,
            HasGradient = !isMany && zeros == 0,
            Passes = random.Between(1, 2),
        };

        // A law is seen in many draws.
        int[] Shape() =>
        [
            random.Between(1, 3), isMany ? 200 : random.Between(1, random.Pick(2, 5, 20)),
            .. PoolingDraws.Sizes(random, options, isMany ? 12 : random.Pick(4, 8, 20)),
        ];
    }

    /// <summary>Returns the windows of an image.</summary>
    public static (PoolingWindows Rows, PoolingWindows Columns) Windows(PoolingParameter options, ReferenceBlob x)
    {
        bool isCeil = options.HasRoundMode
            ? options.RoundMode == PoolingParameter.Types.RoundMode.Ceil
            : options.CeilMode && !options.TorchPooling;
        int[] kernel = options.GlobalPooling ? x.Shape[2..]
            : options.HasKernelH ? [(int)options.KernelH, (int)options.KernelW]
            : [(int)options.KernelSize, (int)options.KernelSize];
        int[] stride = options.HasStrideH || options.HasStrideW
            ? [(int)options.StrideH, (int)options.StrideW]
            : [(int)options.Stride, (int)options.Stride];
        int[] before = options.HasPadH || options.HasPadW
            ? [(int)options.PadH, (int)options.PadW]
            : [(int)options.Pad, (int)options.Pad];
        int[] after = before;
        if (options.HasPadL || options.HasPadR || options.HasPadT || options.HasPadB)
        {
            (before, after) = ([(int)options.PadT, (int)options.PadL], [(int)options.PadB, (int)options.PadR]);
        }
        else if (options.PadType == 1)
        {
            int[] total = [.. Enumerable.Range(0, 2).Select(a => Same(x.Shape[2 + a], kernel[a], stride[a]))];
            (before, after) = ([.. total.Select(t => t / 2)], [.. total.Select(t => t - (t / 2))]);

            // SAME has ceil(size / stride) windows, none of which lies outside: what is over does not count.
            isCeil = false;
        }

        bool isPadded = before.Concat(after).Any(p => p > 0);
        PoolingWindows[] windows =
        [
            .. Enumerable.Range(0, 2).Select(
                a => PoolingWindows.Of(x.Shape[2 + a], kernel[a], stride[a], before[a], after[a], isCeil, isPadded)),
        ];
        return (windows[0], windows[1]);
    }

    private static int Same(int size, int kernel, int stride) =>
        Math.Max(((((size + stride - 1) / stride) - 1) * stride) + kernel - size, 0);

    private static Method MethodOf(PoolingParameter options) =>
        options.Pool == Method.Ave && !options.AvgIncludePad ? Method.AveExcPad : options.Pool;

    private static double[] Plane(ReferenceBlob x, int plane) =>
        ConvolutionSums.Piece(x.Data, plane, x.CountOf(2)).ToArray();
}
