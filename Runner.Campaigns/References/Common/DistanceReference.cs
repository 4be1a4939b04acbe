using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Common;

/// <summary>
/// EuclideanRBF and InnerDistance: <c>y[n, j] = sum_k (x[n, k] - w[j, k])^2</c> with points w that are learned, or the
/// second bottom.
/// </summary>
[Reference("EuclideanRBF", "InnerDistance")]
internal sealed class DistanceReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        bool isRbf = call.Layer.Type == "EuclideanRBF";
        ReferenceBlob x = call.Bottoms[0];
        int axis = isRbf ? call.Layer.EuclideanRbfParam.Axis : call.Layer.InnerDistanceParam.Axis;
        axis = Positions.Axis(axis, x.Shape.Length);
        int size = x.CountOf(axis);
        int outputs = call.Bottoms.Count > 1 ? call.Bottoms[1].Shape[0]
            : (int)(isRbf ? call.Layer.EuclideanRbfParam.NumOutput : call.Layer.InnerDistanceParam.NumOutput);
        ReferenceBlob w = call.Bottoms.Count > 1 ? call.Bottoms[1] : call.Parameter(0, outputs, size);
        ReferenceBlob y = call.Top(0, [.. x.Shape[..axis], outputs]);
        for (int i = 0; i < y.Count; i++)
        {
            int n = i / outputs, j = i % outputs;
            for (int k = 0; k < size; k++)
            {
                double difference = x.Data[(n * size) + k] - w.Data[(j * size) + k];
                y.Data[i] += difference * difference;
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var layer = new LayerParameter { Type = type };
        int[] shape = random.Shape(random.Between(2, 4), 1, 5);
        int axis = random.Chance(0.5) ? 1 : random.Next(shape.Length);
        int written = Positions.Either(random, axis, shape.Length);
        uint outputs = (uint)random.Between(1, 9);
        bool isGiven = type == "InnerDistance" && random.Chance(0.4);
        if (type == "EuclideanRBF")
        {
            layer.EuclideanRbfParam = new EuclideanRBFParameter { NumOutput = outputs };
            if (axis != 1 || random.Chance(0.3))
            {
                layer.EuclideanRbfParam.Axis = written;
            }
        }
        else
        {
            layer.InnerDistanceParam = new InnerDistanceParameter { Axis = written };
            random.Maybe(() => layer.InnerDistanceParam.BiasTerm = random.Chance(0.5));
            if (!isGiven)
            {
                layer.InnerDistanceParam.NumOutput = outputs;
            }
        }

        var x = new ReferenceBottom(shape, Fillings.Uniform());
        var points = new ReferenceBottom([(int)outputs, .. shape[axis..]], Fillings.Uniform());
        return new ReferenceCase { Layer = layer, Bottoms = isGiven ? [x, points] : [x] };
    }
}
