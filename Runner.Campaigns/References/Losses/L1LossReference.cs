using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Losses;

/// <summary>
/// <c>L = sum |d| / Z</c>, or of lengths <c>sqrt(f sum_c d_c^2 + epsilon)</c>; FlowNet 2's leaves out what is no number
/// or small.
/// </summary>
[Reference("L1Loss")]
internal sealed class L1LossReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ReferenceBlob x = call.Bottoms[0];
        bool isFlowNets = call.Layer.L1LossParam is not null;
        L1LossParameter options = call.Layer.L1LossParam ?? new L1LossParameter();
        double[] d = [.. x.Data.Select((v, i) => v - (call.Bottoms.Count > 1 ? call.Bottoms[1].Data[i] : 0))];
        double numbers = d.Count(v => !double.IsNaN(v)), channels = x.Shape[1];
        double divisor = options.NormalizeByNumEntries ? numbers / channels : x.Shape[0];
        if (isFlowNets)
        {
            d = [.. d.Select(v => double.IsNaN(v) || Math.Abs(v) < options.Plateau ? 0 : v)];
        }

        double sum = 0;
        if (options.L2PerLocation)
        {
            double factor = options.L2PrescaleByChannels ? 1 / channels : 1;
            foreach (int[] at in Positions.Of([x.Shape[0], x.CountOf(2)]))
            {
                double squares = Enumerable.Range(0, x.Shape[1])
                    .Sum(c => Math.Pow(d[(((at[0] * x.Shape[1]) + c) * x.CountOf(2)) + at[1]], 2));
                sum += Math.Sqrt((factor * squares) + options.Epsilon);
            }
        }
        else
        {
            sum = d.Sum(Math.Abs);
        }

        call.Top(0).Data[0] = sum / divisor;
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        bool hasOne = false;
        Filling fill = Fillings.Uniform();
        random.Maybe(() =>
        {
            var options = new L1LossParameter();
            layer.L1LossParam = options;
            hasOne = random.Chance(0.3);
            random.Maybe(() => options.L2PerLocation = random.Chance(0.7));
            random.Maybe(() => options.L2PrescaleByChannels = random.Chance(0.7));
            random.Maybe(() => options.NormalizeByNumEntries = random.Chance(0.7));
            random.Maybe(() => options.Epsilon = random.Between(0.001f, 0.1f));
            if (!options.L2PerLocation)
            {
                random.Maybe(() => options.Plateau = random.Between(0.05f, 0.5f));
                random.Maybe(() => fill = Fillings.Of(-1, -0.4f, 0.1f, 0.7f, 1.3f, float.NaN));
            }
        });
        int[] shape = random.Shape(4, 1, 5);
        ReferenceBottom first = new(shape, fill), second = new(shape, Fillings.Uniform(-0.03f, 0.03f));
        return new ReferenceCase { Layer = layer, Bottoms = hasOne ? [first] : [first, second], GradientTops = 1 };
    }
}
