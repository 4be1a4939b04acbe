using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Losses;

/// <summary>
/// <c>L = sum ||x - c_y||^2 / (2 N)</c>, or <c>sum |x - c_y| / N</c>; <c>dc_j = sum (c_j - x) / (1 + n_j)</c> whatever
/// the weight.
/// </summary>
[Reference("CenterLoss")]
internal sealed class CenterLossReference : IReferenceLayer, IReferenceCases, IReferenceGradient
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        (int items, int size) = Sizes(call);
        ReferenceBlob centers = call.Parameter(0, (int)call.Layer.CenterLossParam.NumOutput, size);
        double sum = 0;
        for (int i = 0; i < call.Bottoms[0].Count; i++)
        {
            double d = call.Bottoms[0].Data[i] - centers[(int)call.Bottoms[1].Data[i / size], i % size];
            sum += IsL1(call) ? Math.Abs(d) : d * d / 2;
        }

        call.Top(0).Data[0] = sum / items;
    }

    /// <summary>The gradient of the centres is a rule.</summary>
    public bool HasOwnGradient(ReferenceCall call) => true;

    /// <inheritdoc/>
    public void Backward(ReferenceCall call)
    {
        (int items, int size) = Sizes(call);
        double w = call.TopDiffs[0].Data[0] / items;
        for (int i = 0; i < call.Bottoms[0].Count; i++)
        {
            int label = (int)call.Bottoms[1].Data[i / size];
            double d = call.Bottoms[0].Data[i] - call.Parameters[0][label, i % size];
            d = IsL1(call) ? Math.Sign(d) : d;
            call.BottomDiffs[0].Data[i] = w * d;
            call.ParameterDiffs[0][label, i % size] -= d / (1 + call.Bottoms[1].Data.Count(l => l == label));
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int classes = random.Between(1, 5);
        int[] shape = random.Shape(random.Between(2, 4), 1, 5);
        var options = new CenterLossParameter { NumOutput = (uint)classes };
        random.Maybe(() => options.DistanceType = random.Pick<string>("L1", "L2"));
        random.Maybe(() => options.Axis = Positions.Either(random, 1, shape.Length));
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, CenterLossParam = options },
            Bottoms =
            [
                new(shape, Fillings.Uniform()),
                new([shape[0]], Fillings.Below(classes)) { HasGradient = false },
            ],
            GradientTops = 1,
        };
    }

    private static bool IsL1(ReferenceCall call) => call.Layer.CenterLossParam.DistanceType == "L1";

    private static (int Items, int Size) Sizes(ReferenceCall call)
    {
        int axis = Positions.Axis(call.Layer.CenterLossParam.Axis, call.Bottoms[0].Shape.Length);
        return (call.Bottoms[0].CountOf(0, axis), call.Bottoms[0].CountOf(axis));
    }
}
