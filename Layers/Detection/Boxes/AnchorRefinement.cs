using Cnn.Layers.Threading;
using Cnn.Proto;
using CodeType = Cnn.Proto.PriorBoxParameter.Types.CodeType;

namespace Cnn.Layers.Detection.Boxes;

/// <summary>
/// The first of RefineDet's two steps (Zhang et al., "Single-shot refinement neural network for object detection", CVPR
/// 2018): bottoms 3 and 4 are its scores [N, P 2] and locations [N, P 4]. Its boxes are what the second step's
/// locations are relative to, with the priors' variances; and where its score of an object is below
/// <c>objectness_score</c>, the box is background: its scores are 1 for class 0, 0 for the others.
/// </summary>
internal sealed unsafe class AnchorRefinement(LayerContext context, DetectionOutputParameter options)
{
    private const int Scores = 3;
    private const int Locations = 4;

    private readonly Blob refined = new();
    private readonly Blob scores = new();

    /// <summary>Requires that the bottoms fit the priors.</summary>
    public void Reshape(IReadOnlyList<Blob> bottoms, int items, int priors)
    {
        Require(bottoms, Scores, items, priors, 2);
        scores.ReshapeLike(bottoms[1]);
        if (bottoms.Count > Locations)
        {
            Require(bottoms, Locations, items, priors, 4);
            refined.ReshapeLike(bottoms[Locations]);
        }
    }

    /// <summary>Returns the scores [N, P C] of the second step, those of background set.</summary>
    public float* Filter(IReadOnlyList<Blob> bottoms, int boxes, int classes)
    {
        float* objects = bottoms[Scores].DataPointer;
        ReadOnlySpan<float> from = bottoms[1].Data;
        Span<float> to = scores.Data;
        from.CopyTo(to);
        for (int i = 0; i < boxes; i++)
        {
            if (objects[(2L * i) + 1] < options.ObjectnessScore)
            {
                Span<float> row = to.Slice(i * classes, classes);
                row.Clear();
                row[0] = 1;
            }
        }

        return scores.DataPointer;
    }

    /// <summary>Returns the boxes of the first step, [N, P 4].</summary>
    public Box* Decode(
        IReadOnlyList<Blob> bottoms, CodeType kind, PriorTable priors, int items, WorkerPool pool)
    {
        var boxes = (Box*)refined.DataPointer;
        BoxDecoder.Run(kind, priors, (Box*)bottoms[Locations].DataPointer, boxes, items, 1, pool);
        return boxes;
    }

    private void Require(IReadOnlyList<Blob> bottoms, int bottom, int items, int priors, int each)
    {
        Blob blob = bottoms[bottom];
        if (blob.LegacyDim(0) != items || blob.Count != (long)items * priors * each)
        {
            throw context.Error(
                $"bottom '{context.Parameter.Bottom[bottom]}' has shape {blob.ShapeText}, but there are {priors} "
                + $"prior boxes and {items} items",
                $"the first step's bottom needs {each} numbers for each: [{items}, {(long)priors * each}]");
        }
    }
}
