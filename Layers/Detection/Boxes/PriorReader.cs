using CodeType = Cnn.Proto.PriorBoxParameter.Types.CodeType;

namespace Cnn.Layers.Detection.Boxes;

/// <summary>
/// The bottoms that predictions and priors share: locations [N, P L 4] with L boxes for each prior, scores [N, P C] and
/// priors [1, 2, P 4]; axes of size 1 may follow.
/// </summary>
internal sealed unsafe class PriorReader(LayerContext context)
{
    private const int Locations = 0;
    private const int Scores = 1;
    private const int Priors = 2;

    /// <summary>The number of priors.</summary>
    public int Count { get; private set; }

    /// <summary>The number of items.</summary>
    public int Items { get; private set; }

    /// <summary>Requires that the bottoms fit together.</summary>
    /// <param name="bottoms">The layer's bottoms; the first three are locations, scores and priors.</param>
    /// <param name="classes">C, the number of classes.</param>
    /// <param name="boxes">L, the number of boxes for each prior.</param>
    public void Reshape(IReadOnlyList<Blob> bottoms, int classes, int boxes)
    {
        Blob priors = bottoms[Priors];
        Count = priors.LegacyDim(2) / 4;
        Items = bottoms[Locations].LegacyDim(0);
        if (priors.Count != 8L * Count)
        {
            throw context.Error(
                $"bottom '{context.Parameter.Bottom[Priors]}' has shape {priors.ShapeText}",
                "prior boxes are [1, 2, P 4]: four sides of each, then four variances of each");
        }

        Require(bottoms, Locations, boxes * 4L, "numbers");
        Require(bottoms, Scores, classes, "scores");
    }

    /// <summary>Returns the priors after a check that each can be what codes refer to.</summary>
    public PriorTable Read(IReadOnlyList<Blob> bottoms, CodeType kind, bool hasVariance)
    {
        var table = new PriorTable(bottoms[Priors].DataPointer, Count, hasVariance);
        for (int i = 0; i < table.Count; i++)
        {
            if (!BoxCode.Allows(kind, table[i]))
            {
                throw context.Error(
                    $"prior box {i} of '{context.Parameter.Bottom[Priors]}' has the size {table[i].Width} x "
                    + $"{table[i].Height}",
                    "codes relative to its size need one above 0");
            }
        }

        return table;
    }

    private void Require(IReadOnlyList<Blob> bottoms, int bottom, long perPrior, string what)
    {
        Blob blob = bottoms[bottom];
        if (blob.LegacyDim(0) != Items || blob.Count != Items * (long)Count * perPrior)
        {
            throw context.Error(
                $"bottom '{context.Parameter.Bottom[bottom]}' has shape {blob.ShapeText}, but there are {Count} "
                + $"prior boxes in '{context.Parameter.Bottom[Priors]}' and {Items} items in "
                + $"'{context.Parameter.Bottom[Locations]}'",
                $"it needs {perPrior} {what} for each prior box of each item: [{Items}, {Count * perPrior}]");
        }
    }
}
