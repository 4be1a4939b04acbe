using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>
/// <c>y_j = x w_j</c> with rows w of length 1, and for the label <c>(lambda x w + |x| psi(t)) / (1 + lambda)</c>, with
/// <c>psi(t) = (-1)^k cos(m t) - 2 k</c> of the angle t in piece k of pi / m.
/// </summary>
[Reference("MarginInnerProduct")]
internal sealed class MarginInnerProductReference : IReferenceLayer, IReferenceCases, IReferenceGradient
{
    private const string Passes = "passes";

    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], labels = call.Bottoms[1];
        (int axis, int size, int outputs) = Sizes(call);
        ReferenceBlob weights = call.Parameter(0, outputs, size), y = call.Top(0, [.. x.Shape[..axis], outputs]);
        Normalize(weights, size);
        double passes = call.State.TryGetValue(Passes, out double[]? before) ? before[0] + 1 : 1;
        call.State[Passes] = [passes];
        double lambda = Lambda(call);
        for (int i = 0; i < y.Count; i++)
        {
            int n = i / outputs, j = i % outputs;
            double dot = Dot(x, weights, n, j, size), length = Length(x, n, size);
            y.Data[i] = (int)labels.Data[n] == j
                ? ((lambda * dot) + (length * Psi(dot / length, Pieces(call)).Value)) / (1 + lambda)
                : dot;
            call.Magnitudes[0].Data[i] = length * (2 * Pieces(call));
        }

        if (call.Tops.Count > 1)
        {
            call.Top(1, 1).Data[0] = lambda;
        }
    }

    /// <summary>The gradients are SphereFace's rules.</summary>
    public bool HasOwnGradient(ReferenceCall call) => true;

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], weights = call.Parameters[0], dy = call.TopDiffs[0];
        (_, int size, int outputs) = Sizes(call);
        double lambda = Lambda(call);
        for (int i = 0; i < dy.Count; i++)
        {
            int n = i / outputs, j = i % outputs;
            double ofWeight = 1, ofInput = 0, length = Length(x, n, size);
            if ((int)call.Bottoms[1].Data[n] == j)
            {
                double cosine = Dot(x, weights, n, j, size) / length;
                (double psi, double slope) = Psi(cosine, Pieces(call));
                double rest = (psi - (cosine * slope)) / length, norm = Math.Sqrt((slope * slope) + (rest * rest));
                ofWeight = (lambda + (slope / norm)) / (1 + lambda);
                ofInput = rest / norm / (1 + lambda);
            }

            for (int k = 0; k < size; k++)
            {
                double input = x.Data[(n * size) + k];
                call.BottomDiffs[0].Data[(n * size) + k] +=
                    dy.Data[i] * ((ofWeight * weights[j, k]) + (ofInput * input));
                call.ParameterDiffs[0][j, k] += dy.Data[i] * input;
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new MarginInnerProductParameter { NumOutput = (uint)random.Between(2, 6) };
        random.Maybe(() => options.Type = (MarginInnerProductParameter.Types.MarginType)random.Between(0, 3));
        random.Maybe(() => options.Base = random.Between(0.5f, 10));
        random.Maybe(() => options.Gamma = random.Between(0, 1f));
        random.Maybe(() => options.Power = random.Between(0.5f, 2));
        random.Maybe(() => options.Iteration = random.Between(0, 20));
        random.Maybe(() => options.LambdaMin = random.Between(0, 3f));
        int[] shape = [random.Between(1, 5), random.Between(3, 6), .. random.Shape(random.Between(0, 2), 1, 2)];
        random.Maybe(() => options.Axis = Positions.Either(random, 1, shape.Length));
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, MarginInnerProductParam = options },
            Bottoms =
            [
                new(shape, Fillings.Uniform()),
                new([shape[0]], Fillings.Below((int)options.NumOutput)) { HasGradient = false },
            ],
            Tops = random.Between(1, 2),
            GradientTops = 1,
            Passes = random.Between(1, 3),
        };
    }

    private static int Pieces(ReferenceCall call) => (int)call.Layer.MarginInnerProductParam.Type + 1;

    private static (int Axis, int Size, int Outputs) Sizes(ReferenceCall call)
    {
        MarginInnerProductParameter options = call.Layer.MarginInnerProductParam;
        int axis = Positions.Axis(options.Axis, call.Bottoms[0].Shape.Length);
        return (axis, call.Bottoms[0].CountOf(axis), (int)options.NumOutput);
    }

    // The pass of a call is counted by Forward, which has run before Backward.
    private static double Lambda(ReferenceCall call)
    {
        MarginInnerProductParameter options = call.Layer.MarginInnerProductParam;
        double i = options.Iteration + call.State[Passes][0];
        return Math.Max(options.Base * Math.Pow(1 + (options.Gamma * i), -options.Power), options.LambdaMin);
    }

    private static void Normalize(ReferenceBlob weights, int size)
    {
        for (int j = 0; j < weights.Shape[0]; j++)
        {
            double length = Length(weights, j, size);
            for (int k = 0; k < size; k++)
            {
                weights[j, k] /= length;
            }
        }
    }

    private static double Dot(ReferenceBlob x, ReferenceBlob weights, int n, int j, int size) =>
        Enumerable.Range(0, size).Sum(k => x.Data[(n * size) + k] * weights.Data[(j * size) + k]);

    private static double Length(ReferenceBlob x, int n, int size) =>
        Math.Sqrt(x.Data.Skip(n * size).Take(size).Sum(v => v * v));

    // psi as a function of the cosine c, and its derivative: d cos(m arccos c) / dc = m sin(m t) / sin t.
    private static (double Value, double Slope) Psi(double cosine, int m)
    {
        double t = Math.Acos(Math.Clamp(cosine, -1, 1));
        double k = Math.Min(m - 1, Math.Floor(m * t / Math.PI)), sign = k % 2 == 0 ? 1 : -1;
        double slope = Math.Sin(t) < 1e-7 ? m * m : sign * m * Math.Sin(m * t) / Math.Sin(t);
        return ((sign * Math.Cos(m * t)) - (2 * k), slope);
    }
}
