using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = base^(shift + scale x)</c>; a base of -1 stands for e.</summary>
[Reference("Exp")]
internal sealed class ExpReference : ActivationReference
{
    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer)
    {
        ExpParameter options = layer.ExpParam ?? new ExpParameter();
        double logarithm = options.Base == -1 ? 1 : Math.Log(options.Base);
        return Math.Exp((options.Shift + (options.Scale * x)) * logarithm);
    }

    /// <inheritdoc/>
    protected override void SetOptions(PhiloxRandom random, LayerParameter layer) => random.Maybe(() =>
    {
        layer.ExpParam = new ExpParameter();
        random.Maybe(() => layer.ExpParam.Base = random.Pick(-1, 2, 10, 0.5f, 1));
        random.Maybe(() => layer.ExpParam.Scale = random.Between(-1.2f, 1.2f));
        random.Maybe(() => layer.ExpParam.Shift = random.Between(-1.5f, 1.5f));
    });

    /// <inheritdoc/>
    protected override Filling Fill(PhiloxRandom random, LayerParameter layer) =>
        random.Chance(0.3) ? Fillings.Uniform(-4, 0) : Fillings.Uniform(-2, 2);
}
