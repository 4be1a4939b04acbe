using Cnn.Fillers;
using Cnn.Proto;
using MathNet.Numerics;

namespace Cnn.Campaigns.References.Activations;

/// <summary>
/// TRAIN: <c>y = max(0, x + s n)</c>, n standard normal and <c>s = sqrt(sigmoid(x))</c>; TEST: the expectation of that.
/// </summary>
[Reference("NoisyReLU")]
internal sealed class NoisyReLUReference : IReferenceLayer, IReferenceCases, IReferenceObserver
{
    private const string Noise = "noise";

    /// <summary>What is positive tells its noise; of the rest it is only known that it is low enough.</summary>
    public void Observe(ReferenceCall call, IReadOnlyList<ReferenceBlob> product)
    {
        if (!call.IsTraining)
        {
            return;
        }

        double[] x = call.Bottoms[0].Data, y = product[0].Data;
        var noise = new double[x.Length];
        double positive = 0, expected = 0, variance = 0, places = 0, counted = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double s = Deviation(x[i]), below = Normal(-x[i] / s);
            noise[i] = y[i] > 0 ? (y[i] - x[i]) / s : (-x[i] / s) - 1;
            positive += y[i] > 0 ? 1 : 0;
            expected += 1 - below;
            variance += below * (1 - below);
            if (y[i] > 0 && below < 0.999)
            {
                places += (Normal(noise[i]) - below) / (1 - below);
                counted++;
            }
        }

        Laws.RequireMean("positive values", positive, expected, variance);
        Laws.RequireMean("places of the noise in its distribution", places, counted / 2, counted / 12);
        call.State[Noise] = noise;
    }

    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], y = call.Top(0, x.Shape);
        for (int i = 0; i < x.Count; i++)
        {
            double s = Deviation(x.Data[i]);
            y.Data[i] = call.IsTraining
                ? Math.Max(0, x.Data[i] + (s * call.State[Noise][i]))
                : (x.Data[i] * Normal(x.Data[i] / s)) + (s * Density(x.Data[i] / s));
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type) => new()
    {
        Layer = new LayerParameter { Type = type },
        Bottoms = [new ReferenceBottom(ActivationDraws.Shape(random), Fillings.Uniform(-4, 4))],
        Passes = random.Between(1, 3),
    };

    private static double Deviation(double x) => Math.Sqrt(1 / (1 + Math.Exp(-x)));

    private static double Density(double z) => Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);

    private static double Normal(double z) => SpecialFunctions.Erfc(-z / Math.Sqrt(2)) / 2;
}
