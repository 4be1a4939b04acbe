using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Activations;

/// <summary>
/// TRAIN: each value is kept with probability <c>1 - dropout_ratio</c> and divided by it, or is 0; TEST: a copy. With
/// <c>scale_train: false</c> kept values stay as they are, and TEST multiplies by the probability.
/// </summary>
[Reference("Dropout")]
internal sealed class DropoutReference : IReferenceLayer, IReferenceCases, IReferenceObserver
{
    private const string Mask = "mask";

    /// <inheritdoc/>
    public void Observe(ReferenceCall call, IReadOnlyList<ReferenceBlob> product)
    {
        double[] mask = [.. product[0].Data.Select(y => y != 0 ? 1.0 : 0)];
        call.State[Mask] = mask;
        if (Drops(call))
        {
            Laws.RequireShare("kept values", mask, 1 - (double)Options(call).DropoutRatio);
        }
    }

    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        DropoutParameter options = Options(call);
        ReferenceBlob x = call.Bottoms[0], y = call.Top(0, x.Shape);
        double kept = 1 - (double)options.DropoutRatio;
        for (int i = 0; i < x.Count; i++)
        {
            double factor = Drops(call)
                ? call.State[Mask][i] / (options.ScaleTrain ? kept : 1)
                : options.ScaleTrain ? 1 : kept;
            y.Data[i] = x.Data[i] * factor;
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        random.Maybe(() =>
        {
            layer.DropoutParam = new DropoutParameter();
            random.Maybe(() => layer.DropoutParam.DropoutRatio = random.Pick(0, 0.1f, 0.75f, 0.9f));
            random.Maybe(() => layer.DropoutParam.ScaleTrain = random.Chance(0.3));
            random.Maybe(() => layer.DropoutParam.SampleWeightsTest = random.Chance(0.5));
        });
        return new ReferenceCase
        {
            Layer = layer,
            Bottoms = [new ReferenceBottom(ActivationDraws.Shape(random), Fillings.AwayFromZero(0.1f, 2))],
            InPlace = random.Chance(0.3),
            Passes = random.Between(1, 3),
        };
    }

    private static DropoutParameter Options(ReferenceCall call) => call.Layer.DropoutParam ?? new DropoutParameter();

    private static bool Drops(ReferenceCall call) => call.IsTraining || Options(call).SampleWeightsTest;
}
