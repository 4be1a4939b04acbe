using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary>
/// TRAIN: <c>y = a (x or, where it is dropped, alpha) + b</c> with <c>q = 1 - dropout_ratio</c>,
/// <c>a = (q (1 + alpha^2 (1 - q)))^(-1/2)</c> and <c>b = -a (1 - q) alpha</c>; TEST: a copy.
/// </summary>
[Reference("SeLUDropout", "SeLuDropout")]
internal sealed class SeLUDropoutReference : IReferenceLayer, IReferenceCases, IReferenceObserver
{
    private const string Mask = "mask";
    private const double StandardAlpha = -1.0507009873554805 * 1.6732632423543772;

    /// <inheritdoc/>
    public void Observe(ReferenceCall call, IReadOnlyList<ReferenceBlob> product)
    {
        if (!call.IsTraining)
        {
            return;
        }

        Numbers n = Of(call);
        double dropped = (n.Factor * n.Alpha) + n.Summand;
        double[] mask = [.. product[0].Data.Select(y => Math.Abs(y - dropped) > 1e-4 ? 1.0 : 0)];
        call.State[Mask] = mask;
        Laws.RequireShare("kept values", mask, n.Kept);
    }

    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], y = call.Top(0, x.Shape);
        Numbers n = Of(call);
        for (int i = 0; i < x.Count; i++)
        {
            y.Data[i] = !call.IsTraining ? x.Data[i]
                : (n.Factor * (call.State[Mask][i] == 1 ? x.Data[i] : n.Alpha)) + n.Summand;
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        random.Maybe(() =>
        {
            layer.SeluDropoutParam = new SeLUDropoutParameter();
            random.Maybe(() => layer.SeluDropoutParam.DropoutRatio = random.Pick(0, 0.05f, 0.5f, 0.8f));
            random.Maybe(() => layer.SeluDropoutParam.Alpha = random.Between(-3, -1.5f));
        });
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms = [new ReferenceBottom(ActivationDraws.Shape(random), Fillings.Uniform(-1.2f, 3))],
            InPlace = random.Chance(0.3),
            Passes = random.Between(1, 3),
        };
    }

    private static Numbers Of(ReferenceCall call)
    {
        SeLUDropoutParameter options = call.Layer.SeluDropoutParam ?? new SeLUDropoutParameter();
        double q = 1 - (double)options.DropoutRatio, alpha = options.HasAlpha ? options.Alpha : StandardAlpha;
        double a = 1 / Math.Sqrt(q * (1 + (alpha * alpha * (1 - q))));
        return new Numbers(q, alpha, a, -a * (1 - q) * alpha);
    }

    private readonly record struct Numbers(double Kept, double Alpha, double Factor, double Summand);
}
