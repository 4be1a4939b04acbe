using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.References.Detection;

/// <summary>
/// Of each image, the regions with the largest losses keep label and weights; the others get ignore_label and 0.
/// </summary>
[Reference("BoxAnnotatorOHEM")]
internal sealed class BoxAnnotatorOHEMReference : IReferenceLayer, IReferenceCases
{
    /// <inheritdoc/>
    public void Forward(ReferenceCall call)
    {
        BoxAnnotatorOHEMParameter options = call.Layer.BoxAnnotatorOhemParam;
        ReferenceBlob rois = call.Bottoms[0], losses = call.Bottoms[1];
        ReferenceBlob labels = call.Bottoms[2], weights = call.Bottoms[3];
        ReferenceBlob chosen = call.Top(0, labels.Shape), kept = call.Top(1, weights.Shape);
        Array.Fill(chosen.Data, options.IgnoreLabel);
        foreach (var image in Positions.Of(losses.Shape).GroupBy(at => rois[at[0], 0, at[2], at[3]]))
        {
            foreach (int[] at in image.OrderByDescending(at => losses[at]).Take((int)options.RoiPerImg))
            {
                chosen[at] = labels[at];
                for (int b = 0; b < weights.Shape[1]; b++)
                {
                    kept[at[0], b, at[2], at[3]] = weights[at[0], b, at[2], at[3]];
                }
            }
        }
    }

    /// <inheritdoc/>
    public ReferenceCase Draw(PhiloxRandom random, string type)
    {
        int regions = random.Between(1, 12), images = random.Between(1, 3);
        var options = new BoxAnnotatorOHEMParameter { RoiPerImg = (uint)random.Between(1, 6) };
        random.Maybe(() => options.IgnoreLabel = random.Between(-2, 255));
        return new ReferenceCase
        {
            Layer = new LayerParameter { Type = type, BoxAnnotatorOhemParam = options },
            Bottoms =
            [
                new([regions, 5, 1, 1], RegionDraws.Regions(images, 20, 20)),
                new([regions, 1, 1, 1], Fillings.Apart(0.1f)),
                new([regions, 1, 1, 1], Fillings.Below(5)),
                new([regions, random.Between(1, 8), 1, 1], Fillings.Uniform()),
            ],
            Tops = 2,
            HasGradient = false,
        };
    }
}
