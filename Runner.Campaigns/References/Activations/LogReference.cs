using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = ln(shift + scale x) / ln(base)</c>; a base of -1 stands for e.</summary>
[Reference("Log")]
internal sealed class LogReference : ActivationReference
{
    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer)
    {
        LogParameter options = layer.LogParam ?? new LogParameter();
        double logarithm = options.Base == -1 ? 1 : Math.Log(options.Base);
        return Math.Log(options.Shift + (options.Scale * x)) / logarithm;
    }

    /// <inheritdoc/>
    protected override void SetOptions(PhiloxRandom random, LayerParameter layer) => random.Maybe(() =>
    {
        layer.LogParam = new LogParameter();
        random.Maybe(() => layer.LogParam.Base = random.Pick(-1, 2, 10, 0.5f));
        random.Maybe(() => layer.LogParam.Scale = random.Between(0.3f, 2));
        random.Maybe(() => layer.LogParam.Shift = random.Between(0, 3f));
    });

    /// <inheritdoc/>
    protected override Filling Fill(PhiloxRandom random, LayerParameter layer) => Fillings.Uniform(0.3f, 5);
}
