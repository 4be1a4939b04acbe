using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary><c>y = (shift + scale x)^power</c>.</summary>
[Reference("Power")]
internal sealed class PowerReference : ActivationReference
{
    /// <inheritdoc/>
    protected override double Value(double x, LayerParameter layer)
    {
        PowerParameter options = layer.PowerParam ?? new PowerParameter();
        return Math.Pow(options.Shift + (options.Scale * x), options.Power);
    }

    /// <inheritdoc/>
    protected override void SetOptions(PhiloxRandom random, LayerParameter layer) => random.Maybe(() =>
    {
        layer.PowerParam = new PowerParameter();
        random.Maybe(() => layer.PowerParam.Power = random.Pick(0, 1, 2, 3, 0.5f, -1, -0.75f, 1.7f));
        random.Maybe(() => layer.PowerParam.Scale = random.Pick(0, 1, 0.5f, 1.5f, -0.1f));
        if (layer.PowerParam.Scale == 0 || random.Chance(0.5))
        {
            layer.PowerParam.Shift = random.Between(0.6f, 2);
        }
    });

    /// <summary>Of any sign where that gives a number and a derivative, else with a base well above 0.</summary>
    protected override Filling Fill(PhiloxRandom random, LayerParameter layer)
    {
        PowerParameter options = layer.PowerParam ?? new PowerParameter();
        if (!options.HasShift && options.Power is 1 or 2 or 3 && random.Chance(0.5))
        {
            return Fillings.AwayFromZero(0.2f, 2);
        }

        return options is { Scale: < 0, HasShift: false } ? Fillings.Uniform(-5, -2) : Fillings.Uniform(0.5f, 3);
    }
}
