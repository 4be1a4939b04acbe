using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Recurrent;

/// <summary>One step of long short-term memory, from the state c, the sums and the markers.</summary>
[Reference("LSTMUnit")]
internal sealed class LSTMUnitReference : IReferenceLayer, IReferenceCases, IReferenceGradient
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        int[] shape = call.Bottoms[0].Shape;
        ReferenceBlob c = call.Top(0, shape), h = call.Top(1, shape);
        for (int at = 0; at < c.Count; at++)
        {
            (double cont, double before, double i, double f, double o, double g) = Inputs(call, at);
            (c.Data[at], h.Data[at]) = LSTMCell.Step(cont * before, i, f, o, g);
        }
    }

    /// <summary>With markers other than 0 and 1, Caffe's derivative of the forget gate is not the true one.</summary>
    public bool HasOwnGradient(ReferenceCall call) => call.Bottoms[2].Data.Any(cont => cont is not 0 and not 1);

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        int size = call.Bottoms[0].Shape[2];
        for (int at = 0; at < call.Bottoms[0].Count; at++)
        {
            (double cont, double before, double i, double f, double o, double g) = Inputs(call, at);
            (i, f, o, g) = (LSTMCell.Sigmoid(i), cont * LSTMCell.Sigmoid(f), LSTMCell.Sigmoid(o), Math.Tanh(g));
            double tanh = Math.Tanh(call.Tops[0].Data[at]), dh = call.TopDiffs[1].Data[at];
            double dc = call.TopDiffs[0].Data[at] + (dh * o * (1 - (tanh * tanh)));
            call.BottomDiffs[0].Data[at] = dc * f;
            Span<double> sums = call.BottomDiffs[1].Data.AsSpan(at / size * 4 * size);
            int d = at % size;
            sums[d] = dc * g * i * (1 - i);
            sums[size + d] = dc * before * f * (1 - f);
            sums[(2 * size) + d] = dh * tanh * o * (1 - o);
            sums[(3 * size) + d] = dc * i * (1 - (g * g));
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int streams = random.Between(1, 5), size = random.Between(1, 20);
        Filling markers = random.Chance(0.3) ? Fillings.Uniform(0, 1) : Fillings.Flags(0.6);
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type },
            Bottoms =
            [
                new ReferenceBottom([1, streams, size], Fillings.Uniform(-2, 2)),
                new ReferenceBottom([1, streams, 4 * size], Fillings.Uniform(-2, 2)),
                new ReferenceBottom([1, streams], markers) { HasGradient = false },
            ],
            Tops = 2,
        };
    }

    private static (double Cont, double C, double I, double F, double O, double G) Inputs(ReferenceCall call, int at)
    {
        int size = call.Bottoms[0].Shape[2], stream = at / size;
        ReadOnlySpan<double> sums = call.Bottoms[1].Data.AsSpan((stream * 4 * size) + (at % size));
        return (
            call.Bottoms[2].Data[stream],
            call.Bottoms[0].Data[at],
            sums[0],
            sums[size],
            sums[2 * size],
            sums[3 * size]);
    }
}
