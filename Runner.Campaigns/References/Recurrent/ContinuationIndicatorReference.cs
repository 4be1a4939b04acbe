using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Recurrent;

/// <summary>Markers [T, N] of sequences that all begin at the first step.</summary>
[Reference("ContinuationIndicator")]
internal sealed class ContinuationIndicatorReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        ContinuationIndicatorParameter options = call.Layer.ContinuationIndicatorParam;
        int streams = call.Bottoms.Count > 0 ? call.Bottoms[0].Dim(options.Axis) : (int)options.BatchSize;
        ReferenceBlob y = call.Top(0, (int)options.TimeStep, streams);
        for (int i = 0; i < y.Count; i++)
        {
            y.Data[i] = i < streams ? 0 : 1;
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        var options = new ContinuationIndicatorParameter { TimeStep = (uint)random.Between(1, 5) };
        var bottoms = new List<ReferenceBottom>();
        if (random.Chance(0.5))
        {
            options.BatchSize = (uint)random.Between(1, 5);
        }
        else
        {
            int axes = random.Between(1, 4);
            Func<int[]> shape = () => random.Shape(axes, 1, 5);
            bottoms.Add(new ReferenceBottom(shape(), Fillings.Uniform()).Later(random, shape));
            random.Maybe(() => options.Axis = random.Between(-axes, axes - 1));
        }

        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, ContinuationIndicatorParam = options },
            Bottoms = bottoms,
            HasGradient = false,
            Passes = random.Between(1, 2),
        };
    }
}
