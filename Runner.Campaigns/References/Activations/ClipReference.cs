using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = min(max(x, min), max)</c>.</summary>
[Reference("Clip")]
internal sealed class ClipReference : ActivationReference
{
    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer) =>
        Math.Min(Math.Max(x, layer.ClipParam.Min), layer.ClipParam.Max);

    /// <inheritdoc/>
    protected override void SetOptions(PhiloxRandom random, LayerParameter layer)
    {
        float min = random.Pick(-1, -0.3f, 0, 1.5f);
        layer.ClipParam = new ClipParameter { Min = min, Max = min + random.Between(0.1f, 3) };
    }
}
