using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary>
/// <c>y = max(x, 0) + negative_slope min(x, 0)</c>; with Synopsys's limits, of which a second bottom may hold the upper
/// one.
/// </summary>
[Reference("ReLU")]
internal sealed class ReLUReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0], y = call.Top(0, x.Shape);
        ReLUParameter options = call.Layer.ReluParam ?? new ReLUParameter();
        double maximum = call.Bottoms.Count > 1 ? call.Bottoms[1].Data[0] : options.Maximum;
        for (int i = 0; i < x.Count; i++)
        {
            double value = Math.Max(x.Data[i], 0) + (options.NegativeSlope * Math.Min(x.Data[i], 0));
            value = options.Relu6 ? Math.Min(value, 6) : value;
            value = maximum > 0 ? Math.Min(value, maximum) : value;
            y.Data[i] = options.Minimum != 0 ? Math.Max(value, options.Minimum) : value;
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        bool isPlain = random.Chance(0.3), hasLimit = !isPlain && random.Chance(0.3);
        if (!isPlain)
        {
            layer.ReluParam = new ReLUParameter();
            random.Maybe(() => layer.ReluParam.NegativeSlope = random.Pick(0.1f, 0.25f, 1.5f, -0.2f));
            random.Maybe(() => layer.ReluParam.Relu6 = random.Chance(0.5));
            random.Maybe(() => layer.ReluParam.Maximum = random.Pick(0, 1, 2.5f));
            random.Maybe(() => layer.ReluParam.Minimum = random.Pick(0, -0.1f, 0.2f));
        }

        var bottom = new ReferenceBottom(ActivationDraws.Shape(random), ActivationDraws.Fill(random));
        var limit = new ReferenceBottom([random.Between(1, 3)], Fillings.Uniform(-0.5f, 2)) { HasGradient = false };
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms = hasLimit ? [bottom, limit] : [bottom],
            InPlace = isPlain && random.Chance(0.4),
        };
    }
}
