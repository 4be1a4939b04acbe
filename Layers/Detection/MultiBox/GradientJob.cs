using Cnn.Layers.Detection.Boxes;
using Cnn.Layers.Threading;
using ConfLoss = Cnn.Proto.MultiBoxLossParameter.Types.ConfLossType;
using LocLoss = Cnn.Proto.MultiBoxLossParameter.Types.LocLossType;

namespace Cnn.Layers.Detection.MultiBox;

/// <summary>Computes the gradients of the locations and of the scores, each where it is asked for.</summary>
internal readonly unsafe struct GradientJob(
    MultiBoxPass pass, Box* locations, float locationScale, float* scores, float scoreScale) : IParallelJob
{
    /// <inheritdoc/>
    public void Run(int part, int worker)
    {
        if (locations != null)
        {
            Locations(part);
        }

        if (scores != null)
        {
            Scores(part);
        }
    }

    private void Locations(int item)
    {
        int count = pass.Priors.Count;
        Box* gradient = locations + ((long)item * count * pass.BoxesPerPrior);
        new Span<Box>(gradient, count * pass.BoxesPerPrior).Clear();
        for (int label = 0; label < pass.BoxesPerPrior; label++)
        {
            int* match = pass.MatchesOf(item, label);
            for (int prior = 0; prior < count; prior++)
            {
                if (match[prior] >= 0)
                {
                    Box d = pass.Difference(item, label, prior);
                    gradient[((long)prior * pass.BoxesPerPrior) + label] =
                        new Box(Slope(d.XMin), Slope(d.YMin), Slope(d.XMax), Slope(d.YMax));
                }
            }
        }
    }

    private float Slope(float d) =>
        locationScale * (pass.Options.LocLossType == LocLoss.L2 || MathF.Abs(d) < 1 ? d : MathF.Sign(d));

    private void Scores(int item)
    {
        int classes = pass.Classes;
        for (int prior = 0; prior < pass.Priors.Count; prior++)
        {
            long row = ((long)item * pass.Priors.Count) + prior, at = row * classes;
            int target = pass.Targets[row];
            var gradient = new Span<float>(scores + at, classes);
            gradient.Clear();
            if (target == MultiBoxPass.NoRow)
            {
                continue;
            }

            bool isSoftmax = pass.Options.ConfLossType == ConfLoss.Softmax;
            float everywhere = isSoftmax ? 0 : pass.Background;
            for (int c = 0; c < classes; c++)
            {
                float p = isSoftmax ? pass.Probabilities[at + c] : Logistic(pass.Scores[at + c]);
                bool isLearned = isSoftmax ? c == target : pass.Learns(item, prior, c);
                gradient[c] = scoreScale * (p - (isLearned ? 1 : everywhere));
            }
        }
    }

    private static float Logistic(float x) => 1 / (1 + MathF.Exp(-x));
}
