using Cnn.Fillers;
using Cnn.Proto;
using Code = Cnn.Proto.PriorBoxParameter.Types.CodeType;
using ConfLoss = Cnn.Proto.MultiBoxLossParameter.Types.ConfLossType;
using LocLoss = Cnn.Proto.MultiBoxLossParameter.Types.LocLossType;
using Match = Cnn.Proto.MultiBoxLossParameter.Types.MatchType;
using Mining = Cnn.Proto.MultiBoxLossParameter.Types.MiningType;

namespace Cnn.Campaigns.References.Detection;

/// <summary>Draws the options of SSD's loss, and priors and objects that overlap in part.</summary>
internal sealed class MultiBoxDraws
{
    private readonly float[][] boxes;
    private readonly int[] labels;

    /// <summary>Draws the options.</summary>
    public MultiBoxDraws(PhiloxRandom random)
    {
        Options = new MultiBoxLossParameter { NumClasses = (uint)random.Between(2, 4) };
        random.Maybe(() => Options.LocLossType = random.Pick(LocLoss.L2, LocLoss.SmoothL1));
        random.Maybe(() => Options.ConfLossType = random.Pick(ConfLoss.Softmax, ConfLoss.Logistic, ConfLoss.Logistic));
        DrawClasses(random);
        random.Maybe(() => Options.LocWeight = random.Between(0.2f, 3));
        random.Maybe(() => Options.MatchType = random.Pick(Match.Bipartite, Match.PerPrediction));
        random.Maybe(() => Options.OverlapThreshold = random.Pick(0.1f, 0.3f, 0.7f));
        random.Maybe(() => Options.UsePriorForMatching = random.Chance(0.3));
        random.Maybe(() => Options.UseDifficultGt = random.Chance(0.4));
        random.Maybe(() => Options.CodeType = random.Pick(Code.Corner, Code.CenterSize, Code.CornerSize));
        random.Maybe(() => Options.EncodeVarianceInTarget = random.Chance(0.5));
        random.Maybe(() => Options.IgnoreCrossBoundaryBbox = random.Chance(0.6));
        random.Maybe(() => Options.BpInside = random.Chance(0.6));
        DrawMining(random);
        boxes =
        [
            .. Enumerable.Range(0, random.Between(1, 4)).Select(_ =>
            {
                var corners = new float[4];
                RegionDraws.Box(random, corners);
                return corners;
            }),
        ];
        int background = (int)Options.BackgroundLabelId;
        labels = [.. Enumerable.Range(0, Options.MapObjectToAgnostic ? 5 : Classes).Where(l => l != background)];
    }

    /// <summary>The options.</summary>
    public MultiBoxLossParameter Options { get; }

    /// <summary>The number of classes.</summary>
    public int Classes => (int)Options.NumClasses;

    /// <summary>Draws priors, some twice, then their variances.</summary>
    public void Priors(PhiloxRandom random, float[] values)
    {
        for (int i = 0; i < values.Length; i += 4)
        {
            Span<float> row = values.AsSpan(i, 4);
            if (i >= values.Length / 2)
            {
                for (int k = 0; k < 4; k++)
                {
                    row[k] = random.Between(0.05f, 0.4f);
                }
            }
            else if (i > 0 && random.Chance(0.1))
            {
                values.AsSpan(i - 4, 4).CopyTo(row);
            }
            else
            {
                Near(random, row);
            }
        }
    }

    /// <summary>Returns draws of rows of objects, some of no image, difficult or there twice.</summary>
    public Filling Objects(int images) => (random, values) =>
    {
        for (int i = 0; i < values.Length; i += 8)
        {
            Span<float> row = values.AsSpan(i, 8);
            if (i > 0 && random.Chance(0.1))
            {
                values.AsSpan(i - 8, 8).CopyTo(row);
                continue;
            }

            (row[0], row[1], row[2]) = (random.Between(-1, images - 1), random.Pick<int>(labels), random.Next(3));
            Near(random, row.Slice(3, 4));
            row[7] = random.Chance(0.2) ? 1 : 0;
        }
    };

    // A softmax needs a background among the classes; logistic losses take any number, -1 for none.
    private void DrawClasses(PhiloxRandom random)
    {
        bool isLogistic = Options.ConfLossType == ConfLoss.Logistic;
        if (random.Chance(0.15))
        {
            bool hasNone = isLogistic && random.Chance(0.5);
            (Options.MapObjectToAgnostic, Options.NumClasses) = (true, hasNone ? 1u : 2u);
            Options.BackgroundLabelId = hasNone ? uint.MaxValue : 0;
        }
        else if (random.Chance(0.4))
        {
            Options.BackgroundLabelId = (uint)random.Between(isLogistic ? -1 : 0, Classes - (isLogistic ? 0 : 1));
        }
    }

    private void DrawMining(PhiloxRandom random)
    {
        random.Maybe(() => Options.MiningType = random.Pick(Mining.None, Mining.MaxNegative, Mining.HardExample));
        if (random.Chance(0.2))
        {
            (Options.ShareLocation, Options.MiningType) = (false, Mining.None);
        }

        random.Maybe(() => Options.DoNegMining = Options.MiningType != Mining.None);
        random.Maybe(() => Options.NegPosRatio = random.Pick(0, 0.5f, 1.5f, 4));
        random.Maybe(() => Options.NegOverlap = random.Pick(0, 0.1f, 0.3f, 0.8f));
        random.Maybe(() => Options.SampleSize = random.Between(1, 8));
        random.Maybe(() => Options.UsePriorForNms = random.Chance(0.6));
        random.Maybe(() =>
        {
            Options.NmsParam = new NonMaximumSuppressionParameter();
            random.Maybe(() => Options.NmsParam.NmsThreshold = random.Pick(0, 0.1f, 0.6f));
            random.Maybe(() => Options.NmsParam.TopK = random.Between(-1, 8));
        });
    }

    // A box near one of a few, so that many overlap.
    private void Near(PhiloxRandom random, Span<float> corners)
    {
        float[] box = random.Pick<float[]>(boxes);
        float width = (box[2] - box[0]) * random.Between(0.6f, 1.5f);
        float height = (box[3] - box[1]) * random.Between(0.6f, 1.5f);
        corners[0] = box[0] + random.Between(-0.08f, 0.08f);
        corners[1] = box[1] + random.Between(-0.08f, 0.08f);
        corners[2] = corners[0] + width;
        corners[3] = corners[1] + height;
    }
}
