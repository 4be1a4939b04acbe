using Cnn.Engine.Graph;
using Cnn.Layers;

namespace Cnn.Engine.Solvers.Recording;

/// <summary>
/// Where a net that classifies has its scores [N, C] and labels [N]: the bottoms of its last Accuracy layer, of several
/// <c>top_k</c> the least, else of its last loss over classes.
/// </summary>
/// <param name="Scores">The scores.</param>
/// <param name="Labels">The labels.</param>
/// <param name="Classes">The number of classes.</param>
/// <param name="AreProbable">Whether the scores are probabilities or become such by a softmax.</param>
internal sealed record ClassSource(Blob Scores, Blob Labels, int Classes, bool AreProbable)
{
    /// <summary>A net with more classes is not looked at.</summary>
    public const int MostClasses = 1000;

    private const string Accuracy = "Accuracy", Margin = "HingeLoss";

    private static readonly string[] Losses =
        ["SoftmaxWithLoss", "SoftmaxWithLossOHEM", "MultinomialLogisticLoss", "InfogainLoss", Margin];

    /// <summary>Finds them; null where the net is no classifier of whole items.</summary>
    /// <param name="net">The net; its blobs have their shapes.</param>
    public static ClassSource? Find(Net net)
    {
        NetLayer? found = net.Layers.Where(l => l.Type == Accuracy && Fits(l)).Reverse()
                .MinBy(l => l.Layer.Parameter.AccuracyParam?.TopK ?? 1)
            ?? net.Layers.LastOrDefault(l => Losses.Contains(l.Type) && Fits(l));
        if (found is null)
        {
            return null;
        }

        Blob scores = found.Bottoms[0];
        bool isMargin = net.Layers.Any(l => l.Type == Margin && OriginOf(net, l) == OriginOf(net, found));
        return new ClassSource(scores, found.Bottoms[1], scores.Count / scores.Dim(0), !isMargin);
    }

    // Scores of one position and one label for each item.
    private static bool Fits(NetLayer layer)
    {
        if (layer.Bottoms is not [var scores, var labels, ..] || scores.AxisCount < 2 || scores.Dim(0) < 1)
        {
            return false;
        }

        int classes = scores.Dim(1);
        return classes is > 1 and <= MostClasses && scores.Count == scores.Dim(0) * classes
            && labels.Count == scores.Dim(0);
    }

    // The scores before a Split copied them.
    private static string OriginOf(Net net, NetLayer layer)
    {
        string name = layer.BottomNames[0];
        return net.Layers.FirstOrDefault(l => l.Type == SplitInsertion.Type && l.TopNames.Contains(name))
            ?.BottomNames[0] ?? name;
    }
}
