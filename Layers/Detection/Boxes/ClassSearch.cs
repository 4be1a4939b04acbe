using Cnn.Layers.Threading;

namespace Cnn.Layers.Detection.Boxes;

/// <summary>
/// Finds the boxes of each class in each image: those whose score is above a bound, the best of them, without those
/// that overlap a better one. A part is one class of one image.
/// </summary>
internal unsafe struct ClassSearch : IParallelJob
{
    /// <summary>Boxes [images, Priors, BoxesPerPrior].</summary>
    public Box* Boxes;

    /// <summary>Scores [images, Priors, Classes].</summary>
    public float* Scores;

    /// <summary>The number of priors, of classes, and of boxes for each prior: 1, or one for each class.</summary>
    public int Priors, Classes, BoxesPerPrior;

    /// <summary>The class that is left out; none where there is no such class.</summary>
    public int Background;

    /// <summary>Score above which boxes are looked at.</summary>
    public float MinScore;

    /// <summary>The number of boxes, those with the best scores, that are looked at.</summary>
    public int TopK;

    /// <summary>See <see cref="Suppression"/>.</summary>
    public float Threshold, Eta;

    /// <summary>See <see cref="SoftSuppression"/>; null for <see cref="Suppression"/>.</summary>
    public float? Theta;

    /// <summary>Gets the keys of the boxes found, [images, Classes, TopK], see <see cref="ScoreOrder"/>.</summary>
    public ulong* Found;

    /// <summary>Gets the number of boxes found, [images, Classes].</summary>
    public int* Counts;

    /// <summary>Holds the scratch memory.</summary>
    public WorkerPool Pool;

    /// <inheritdoc/>
    public readonly void Run(int part, int worker)
    {
        int image = part / Classes, label = part % Classes;
        if (label == Background)
        {
            Counts[part] = 0;
            return;
        }

        var keys = new Span<ulong>(Pool.Scratch(worker, ScratchSlot.Layer, 2L * Priors), Priors);
        keys = keys[..Candidates(Scores + ((long)image * Priors * Classes) + label, keys)];
        keys = keys[..ScoreOrder.SortFirst(keys, TopK)];
        long first = ((long)image * Priors * BoxesPerPrior) + (BoxesPerPrior == 1 ? 0 : label);
        float* scratch = Pool.Scratch(worker, ScratchSlot.Columns, Suppression.ScratchSize(TopK));
        var boxes = (float*)(Boxes + first);
        int count = Theta is { } theta
            ? SoftSuppression.Run(keys, boxes, 4 * BoxesPerPrior, Threshold, Eta, theta, (ulong*)scratch)
            : Suppression.Run(keys, boxes, 4 * BoxesPerPrior, Threshold, Eta, 0, scratch);
        keys[..count].CopyTo(new Span<ulong>(Found + ((long)part * TopK), TopK));
        Counts[part] = count;
    }

    private readonly int Candidates(float* scores, Span<ulong> keys)
    {
        int count = 0;
        for (int i = 0; i < keys.Length; i++)
        {
            float score = scores[(long)i * Classes];
            keys[count] = ScoreOrder.Key(score, i);
            count += score > MinScore ? 1 : 0;
        }

        return count;
    }
}
