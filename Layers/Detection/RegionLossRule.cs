using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>What a <see cref="RegionLossLayer"/> wants of the boxes of an image.</summary>
internal readonly unsafe struct RegionLossRule(RegionLossParameter options, bool isIntels) : IYoloRule
{
    /// <inheritdoc/>
    public int Boxes => (int)options.Num;

    /// <inheritdoc/>
    public int Classes => (int)options.NumClass;

    /// <summary>A box that overlaps no object by more than the threshold learns that it has none.</summary>
    public void WriteBackground(in YoloMap image, int cell, int box, ReadOnlySpan<YoloObject> truths, float* delta)
    {
        YoloObject found = Found(image, cell, box);
        float best = 0;
        foreach (ref readonly YoloObject truth in truths)
        {
            best = MathF.Max(best, found.Overlap(truth));
        }

        if (!(best > options.Thresh))
        {
            float p = image.Sigmoid(cell, box, YoloMap.Objectness);
            delta[image.At(cell, box, YoloMap.Objectness)] = options.NoobjectScale * p * p * (1 - p);
        }
    }

    private int Best(in YoloMap image, int cell, in YoloObject truth)
    {
        var (best, most) = (0, 0f);
        for (int box = 0; box < Boxes; box++)
        {
            var (width, height) = Anchor(image, box);
            YoloObject size = options.BiasMatch != 0
                ? new YoloObject(0, 0, 0, width, height)
                : Found(image, cell, box).AtOrigin;
            float overlap = size.Overlap(truth.AtOrigin);
            (best, most) = overlap > most ? (box, overlap) : (best, most);
        }

        return best;
    }

    /// <inheritdoc/>
    public void WriteObject(in YoloMap image, in YoloObject truth, float* delta)
    {
        int cell = image.CellOf(truth), box = Best(image, cell, truth);
        var (width, height) = Anchor(image, box);
        bool isByArea = !isIntels && options.Rescore == 0;
        float scale = options.CoordScale * (isByArea ? 2 - (truth.Width * truth.Height) : 1);
        WritePlace(image, cell, box, 0, (truth.X * image.Width) - (cell % image.Width), scale, delta);
        WritePlace(image, cell, box, 1, (truth.Y * image.Height) - (cell / image.Width), scale, delta);
        WriteSize(image, cell, box, 2, MathF.Log(truth.Width / width), scale, delta);
        WriteSize(image, cell, box, 3, MathF.Log(truth.Height / height), scale, delta);

        float p = image.Sigmoid(cell, box, YoloMap.Objectness), slope = p * (1 - p);
        float target = isIntels || options.Rescore == 0 ? 1 : Found(image, cell, box).Overlap(truth);
        delta[image.At(cell, box, YoloMap.Objectness)] = -options.ObjectScale * slope
            * (isIntels ? 2 * (1 - p) * (1 - p) * (1 - p) : target - p);

        var (_, largest, sum) = image.Softmax(cell, box);
        for (int c = 0; c < Classes; c++)
        {
            float share = MathF.Exp(image.Value(cell, box, YoloMap.FirstClass + c) - largest) / sum;
            delta[image.At(cell, box, YoloMap.FirstClass + c)] =
                options.ClassScale * (share - (c == truth.Label ? 1 : 0));
        }
    }

    private void WritePlace(in YoloMap image, int cell, int box, int value, float target, float scale, float* delta)
    {
        float s = image.Sigmoid(cell, box, value);
        delta[image.At(cell, box, value)] = scale * Cut(s - target) * s * (1 - s);
    }

    private void WriteSize(in YoloMap image, int cell, int box, int value, float target, float scale, float* delta) =>
        delta[image.At(cell, box, value)] = scale * Cut(image.Value(cell, box, value) - target);

    private float Cut(float difference) => isIntels ? Math.Clamp(difference, -1, 1) : difference;

    private YoloObject Found(in YoloMap image, int cell, int box)
    {
        var (width, height) = Anchor(image, box);
        return image.Box(cell, box, width, height);
    }

    private (float Width, float Height) Anchor(in YoloMap image, int box) =>
        (options.Biases[2 * box] / image.Width, options.Biases[(2 * box) + 1] / image.Height);
}
