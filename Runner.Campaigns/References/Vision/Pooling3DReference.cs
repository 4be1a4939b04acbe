using Cnn.Fillers;
using Cnn.Proto;
using Method = Cnn.Proto.Pooling3DParameter.Types.PoolMethod;

namespace Cnn.Campaigns.References.Vision;

/// <summary>Pooling over length, rows and columns, of C3D; every value that equals the maximum gets its gradient.</summary>
[Reference("Pooling3D")]
internal sealed class Pooling3DReference : IReferenceLayer, IReferenceCases, IReferenceGradient
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0];
        PoolingWindows[] windows = Windows(Options(call.Layer), x.Shape);
        ReferenceBlob y = call.Top(0, [x.Shape[0], x.Shape[1], .. windows.Select(w => w.Count)]);
        for (int i = 0; i < y.Count; i++)
        {
            int[] places = [.. Places(windows, x, i)];
            y.Data[i] = Options(call.Layer).Pool == Method.Max
                ? places.Select(p => x.Data[p]).DefaultIfEmpty(float.MinValue).Max()
                : places.Length == 0 ? 0 : places.Sum(p => x.Data[p]) / Volume(windows, i);
        }
    }

    /// <inheritdoc/>
    public bool HasOwnGradient(ReferenceCall call) =>
        Options(call.Layer).Pool == Method.Max && call.Bottoms[0].Data.Distinct().Count() < call.Bottoms[0].Count;

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0];
        PoolingWindows[] windows = Windows(Options(call.Layer), x.Shape);
        for (int i = 0; i < call.TopDiffs[0].Count; i++)
        {
            foreach (int place in Places(windows, x, i))
            {
                call.BottomDiffs[0].Data[place] += x.Data[place] == call.Tops[0].Data[i] ? call.TopDiffs[0].Data[i] : 0;
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new Pooling3DParameter { KernelSize = (uint)random.Between(1, 3), KernelDepth = (uint)random.Between(1, 3) };
        random.Maybe(() => options.Pool = random.Pick(Method.Max, Method.Ave, Method.Ave));
        random.Maybe(() => options.Stride = (uint)random.Between(1, 3));
        random.Maybe(() => options.TemporalStride = (uint)random.Between(1, 3));
        random.Maybe(() => options.Pad = (uint)random.Between(0, (int)options.KernelSize - 1));
        var layer = new LayerParameter { Type = type, Pooling3DParam = options };
        if (random.Chance(0.4))
        {
            layer = new LayerParameter
            {
                Type = type,
                PoolingParam = new PoolingParameter
                {
                    Pool = (PoolingParameter.Types.PoolMethod)options.Pool, KernelSize = options.KernelSize, KernelDepth = options.KernelDepth,
                    Stride = options.Stride, TemporalStride = options.TemporalStride, Pad = options.Pad,
                },
            };
            random.Maybe(() => layer.PoolingParam.TemporalPad = 1);
        }

        int[] shape = Shape();
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms =
            [
                new ReferenceBottom(shape, random.Chance(0.2) ? Fillings.Of(-1, 0, 1) : Fillings.Uniform(-2, 2))
                {
                    LaterShape = random.Chance(0.3) ? Shape() : null,
                },
            ],
            Passes = random.Between(1, 2),
        };

        int[] Shape() =>
        [
            random.Between(1, 2), random.Between(1, 3), (int)options.KernelDepth + random.Between(0, 4),
            (int)options.KernelSize + random.Between(0, 4), (int)options.KernelSize + random.Between(0, 4),
        ];
    }

    private static Pooling3DParameter Options(LayerParameter layer) => layer.Pooling3DParam ?? new Pooling3DParameter
    {
        Pool = (Method)layer.PoolingParam.Pool, KernelSize = layer.PoolingParam.KernelSize, KernelDepth = layer.PoolingParam.KernelDepth,
        Stride = layer.PoolingParam.Stride, TemporalStride = layer.PoolingParam.TemporalStride, Pad = layer.PoolingParam.Pad,
    };

    private static PoolingWindows[] Windows(Pooling3DParameter options, int[] shape)
    {
        int kernel = (int)options.KernelSize, stride = (int)options.Stride, pad = (int)options.Pad;
        return
        [
            PoolingWindows.Of(shape[2], (int)options.KernelDepth, (int)options.TemporalStride, 0, 0, isCeil: true, isPadded: pad > 0),
            PoolingWindows.Of(shape[3], kernel, stride, pad, pad, isCeil: true, isPadded: pad > 0),
            PoolingWindows.Of(shape[4], kernel, stride, pad, pad, isCeil: true, isPadded: pad > 0),
        ];
    }

    // The places in x of the values in the window of the i-th value of the top.
    private static IEnumerable<int> Places(PoolingWindows[] windows, ReferenceBlob x, int i)
    {
        int[] counts = [.. windows.Select(w => w.Count)];
        int each = counts.Aggregate(1, (n, d) => n * d), plane = i / each;
        int[] at = Positions.At(counts, i % each);
        foreach (int l in windows[0].Pixels(at[0]))
        {
            foreach (int h in windows[1].Pixels(at[1]))
            {
                foreach (int w in windows[2].Pixels(at[2]))
                {
                    yield return (plane * x.CountOf(2)) + (((l * x.Shape[3]) + h) * x.Shape[4]) + w;
                }
            }
        }
    }

    // What a mean divides by: the window as far as image and padding reach.
    private static int Volume(PoolingWindows[] windows, int i)
    {
        int[] counts = [.. windows.Select(w => w.Count)];
        int[] at = Positions.At(counts, i % counts.Aggregate(1, (n, d) => n * d));
        return windows.Select((w, a) => w.PaddedEnd(at[a]) - w.Start(at[a])).Aggregate(1, (n, d) => n * d);
    }
}
