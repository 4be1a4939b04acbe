using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Recurrent;

/// <summary>
/// Long short-term memory of CTPN's fork: markers are optional, any but 0 goes on, and the gradients of the sums are
/// cut to <c>clipping_threshold</c> at every step.
/// </summary>
[Reference("Lstm")]
internal sealed class ClippedLstmReference : IReferenceLayer, IReferenceCases, IReferenceGradient
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0];
        int steps = x.Shape[0], streams = x.Shape[1], size = (int)call.Layer.LstmParam.NumOutput;
        ReferenceBlob y = call.Top(0, steps, streams, size);
        var after = new Dictionary<string, double[]>
        {
            ["h"] = (double[])Kept(call, "h").Clone(),
            ["c"] = (double[])Kept(call, "c").Clone(),
        };
        for (int n = 0; n < streams; n++)
        {
            List<Moment> moments = Unroll(call, n);
            for (int t = 0; t < steps; t++)
            {
                moments[t].H.CopyTo(y.Data, ((t * streams) + n) * size);
            }

            moments[^1].H.CopyTo(after["h"], n * size);
            moments[^1].C.CopyTo(after["c"], n * size);
        }

        foreach ((string name, double[] values) in after)
        {
            call.State[$"{name} before"] = Kept(call, name);
            call.State[name] = values;
        }
    }

    /// <inheritdoc/>
    public bool HasOwnGradient(ReferenceCall call) => call.Layer.LstmParam.ClippingThreshold > 0;

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        // The state at the beginning of the pass, which Forward has replaced.
        call.State["h"] = call.State["h before"];
        call.State["c"] = call.State["c before"];
        for (int n = 0; n < call.Bottoms[0].Shape[1]; n++)
        {
            BackwardOf(call, n);
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int size = random.Chance(0.1) ? random.Between(12, 40) : random.Between(1, 6);
        var options = new LstmParameter { NumOutput = (uint)size };
        random.Maybe(() => options.ClippingThreshold = random.Pick(0, 0.05f, 0.3f, 2));
        random.Maybe(() => options.WeightFiller = new FillerParameter { Type = "xavier" });
        random.Maybe(() => options.BiasFiller = new FillerParameter { Type = "constant", Value = 1 });
        random.Maybe(() => options.BatchSize = 3);
        int steps = random.Between(1, 6), streams = random.Between(1, 5);
        int[] rest = random.Shape(random.Between(1, 2), 1, 4);
        int[]? later = random.Chance(0.3) ? [random.Between(1, 6), random.Between(1, 5)] : null;
        var bottoms = new List<ReferenceBottom>
        {
            new([steps, streams, .. rest], Fillings.Uniform(-1.5f, 1.5f))
            {
                LaterShape = later is null ? null : [.. later, .. rest],
            },
        };
        if (random.Chance(0.6))
        {
            bottoms.Add(new ReferenceBottom([steps, streams], Fillings.Of(0, 1, 1, 0.5f, -2))
            {
                HasGradient = false,
                LaterShape = later,
            });
        }

        float largest = Math.Min(1, 2 / MathF.Sqrt(size));
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, LstmParam = options },
            Bottoms = bottoms,
            Passes = random.Between(1, 3),

            // Larger weights would make the steps chaotic: each would multiply what the last one rounded.
            FillParameter = _ => Fillings.Uniform(-largest, largest),
            Work = (long)steps * streams * 4 * size * (size + rest.Aggregate(1, (n, d) => n * d)),
        };
    }

    private static double[] Kept(ReferenceCall call, string name)
    {
        int count = call.Bottoms[0].Shape[1] * (int)call.Layer.LstmParam.NumOutput;
        double[] kept = call.State.TryGetValue(name, out double[]? before) ? before : [];
        if (kept.Length != count)
        {
            Array.Resize(ref kept, count);
            call.State[name] = kept;
        }

        return kept;
    }

    private static bool GoesOn(ReferenceCall call, int t, int n) => call.Bottoms.Count > 1
        ? call.Bottoms[1].Data[(t * call.Bottoms[0].Shape[1]) + n] != 0
        : t > 0;

    // The steps of one stream.
    private static List<Moment> Unroll(ReferenceCall call, int n)
    {
        ReferenceBlob x = call.Bottoms[0];
        int size = (int)call.Layer.LstmParam.NumOutput, inputs = x.CountOf(2);
        ReferenceBlob fromInput = call.Parameter(0, 4 * size, inputs), fromHidden = call.Parameter(1, 4 * size, size);
        ReferenceBlob bias = call.Parameter(2, 4 * size);
        var zeros = new double[size];
        double[] h = Kept(call, "h")[(n * size)..((n + 1) * size)], c = Kept(call, "c")[(n * size)..((n + 1) * size)];
        var moments = new List<Moment>();
        for (int t = 0; t < x.Shape[0]; t++)
        {
            (double[] hBefore, double[] cBefore) = GoesOn(call, t, n) ? (h, c) : (zeros, zeros);
            double[] sums = (double[])bias.Data.Clone();
            for (int row = 0; row < sums.Length; row++)
            {
                for (int i = 0; i < inputs; i++)
                {
                    sums[row] += fromInput.Data[(row * inputs) + i] * x.Data[InputAt(x, t, n) + i];
                }

                for (int i = 0; i < size; i++)
                {
                    sums[row] += fromHidden.Data[(row * size) + i] * hBefore[i];
                }
            }

            (h, c) = (new double[size], new double[size]);
            for (int d = 0; d < size; d++)
            {
                (c[d], h[d]) = LSTMCell.Step(
                    cBefore[d], sums[d], sums[size + d], sums[(2 * size) + d], sums[(3 * size) + d]);
            }

            moments.Add(new Moment(hBefore, cBefore, sums, h, c));
        }

        return moments;
    }

    private static int InputAt(ReferenceBlob x, int t, int n) => ((t * x.Shape[1]) + n) * x.CountOf(2);

    private static void BackwardOf(ReferenceCall call, int n)
    {
        ReferenceBlob x = call.Bottoms[0], dy = call.TopDiffs[0];
        int size = (int)call.Layer.LstmParam.NumOutput;
        double limit = call.Layer.LstmParam.ClippingThreshold;
        List<Moment> moments = Unroll(call, n);
        double[] dh = new double[size], dc = new double[size];
        for (int t = x.Shape[0] - 1; t >= 0; t--)
        {
            for (int d = 0; d < size; d++)
            {
                dh[d] += dy.Data[(((t * x.Shape[1]) + n) * size) + d];
            }

            double[] dSums = [.. moments[t].Backward(dh, dc).Select(s => Math.Clamp(s, -limit, limit))];
            Spread(call, dSums, moments[t].HBefore, InputAt(x, t, n));
            for (int d = 0; d < size; d++)
            {
                dh[d] = Enumerable.Range(0, dSums.Length)
                    .Sum(row => dSums[row] * call.Parameters[1].Data[(row * size) + d]);
            }

            if (!GoesOn(call, t, n))
            {
                Array.Clear(dh);
                Array.Clear(dc);
            }
        }
    }

    // Adds the gradients of one step's sums to those of the weights and of x.
    private static void Spread(ReferenceCall call, double[] dSums, double[] hBefore, int at)
    {
        ReferenceBlob x = call.Bottoms[0];
        int inputs = x.CountOf(2), size = hBefore.Length;
        for (int row = 0; row < dSums.Length; row++)
        {
            for (int i = 0; i < inputs; i++)
            {
                call.ParameterDiffs[0].Data[(row * inputs) + i] += dSums[row] * x.Data[at + i];
                call.BottomDiffs[0].Data[at + i] += dSums[row] * call.Parameters[0].Data[(row * inputs) + i];
            }

            for (int i = 0; i < size; i++)
            {
                call.ParameterDiffs[1].Data[(row * size) + i] += dSums[row] * hBefore[i];
            }

            call.ParameterDiffs[2].Data[row] += dSums[row];
        }
    }

    private sealed record Moment(double[] HBefore, double[] CBefore, double[] Sums, double[] H, double[] C)
    {
        // Returns the gradients of the sums from those of h and c; dc becomes that of c before.
        public double[] Backward(double[] dh, double[] dc)
        {
            int size = H.Length;
            var sums = new double[4 * size];
            for (int d = 0; d < size; d++)
            {
                double i = LSTMCell.Sigmoid(Sums[d]), f = LSTMCell.Sigmoid(Sums[size + d]);
                double o = LSTMCell.Sigmoid(Sums[(2 * size) + d]), g = Math.Tanh(Sums[(3 * size) + d]);
                double tanh = Math.Tanh(C[d]), all = dc[d] + (dh[d] * o * (1 - (tanh * tanh)));
                sums[d] = all * g * i * (1 - i);
                sums[size + d] = all * CBefore[d] * f * (1 - f);
                sums[(2 * size) + d] = dh[d] * tanh * o * (1 - o);
                sums[(3 * size) + d] = all * i * (1 - (g * g));
                dc[d] = all * f;
            }

            return sums;
        }
    }
}
