using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>What a <see cref="Yolov3Layer"/> wants of the boxes of an image.</summary>
internal readonly unsafe struct Yolov3Rule(Yolov3Parameter options) : IYoloRule
{
    private const float FocalAlpha = 0.5f;

    /// <inheritdoc/>
    public int Boxes => (int)options.Num;

    /// <inheritdoc/>
    public int Classes => (int)options.NumClass;

    /// <inheritdoc/>
    public void WriteBackground(in YoloMap image, int cell, int box, ReadOnlySpan<YoloObject> truths, float* delta)
    {
        YoloObject size = Anchor(image, (int)options.Mask[box]);
        YoloObject found = image.Box(cell, box, size.Width, size.Height);
        float best = 0;
        foreach (ref readonly YoloObject truth in truths)
        {
            best = MathF.Max(best, found.Overlap(truth));
        }

        if (!(best > options.Thresh))
        {
            delta[image.At(cell, box, YoloMap.Objectness)] = image.Sigmoid(cell, box, YoloMap.Objectness);
        }
    }

    // The best of all maps' anchors is matched, if it is one of this map's, and all others that are like the object.
    /// <inheritdoc/>
    public void WriteObject(in YoloMap image, in YoloObject truth, float* delta)
    {
        var (best, most) = (-1, 0f);
        for (int anchor = 0; anchor < options.Biases.Count / 2; anchor++)
        {
            float overlap = Anchor(image, anchor).Overlap(truth.AtOrigin);
            (best, most) = overlap > most ? (anchor, overlap) : (best, most);
        }

        // As in the fork, a match leaves its place in the mask as the anchor that is not to be matched again.
        int matched = BoxOf(best);
        if (matched >= 0)
        {
            Match(image, matched, truth, delta);
            best = matched;
        }

        for (int anchor = 0; anchor < options.Biases.Count / 2 && options.IouThresh < 1; anchor++)
        {
            int box = BoxOf(anchor);
            if (box >= 0 && anchor != best && Anchor(image, anchor).Overlap(truth.AtOrigin) > options.IouThresh)
            {
                Match(image, box, truth, delta);
            }
        }
    }

    private void Match(in YoloMap image, int box, in YoloObject truth, float* delta)
    {
        int cell = image.CellOf(truth);
        YoloObject size = Anchor(image, (int)options.Mask[box]);
        float scale = options.CoordScale * (2 - (truth.Width * truth.Height));
        float x = (truth.X * image.Width) - (cell % image.Width), y = (truth.Y * image.Height) - (cell / image.Width);
        delta[image.At(cell, box, 0)] = scale * (image.Sigmoid(cell, box, 0) - x);
        delta[image.At(cell, box, 1)] = scale * (image.Sigmoid(cell, box, 1) - y);
        delta[image.At(cell, box, 2)] = scale * (image.Value(cell, box, 2) - MathF.Log(truth.Width / size.Width));
        delta[image.At(cell, box, 3)] = scale * (image.Value(cell, box, 3) - MathF.Log(truth.Height / size.Height));
        delta[image.At(cell, box, YoloMap.Objectness)] = (options.UseLogicGradient ? options.ObjectScale : 1)
            * (image.Sigmoid(cell, box, YoloMap.Objectness) - 1);
        WriteClasses(image, cell, box, truth.Label, delta);
    }

    private void WriteClasses(in YoloMap image, int cell, int box, int label, float* delta)
    {
        float smoothing = options.LabelSmoothEps;
        bool isFirst = delta[image.At(cell, box, YoloMap.FirstClass + label)] == 0;
        float focal = isFirst && options.UseFocalLoss ? Focal(image, cell, box, label) : 1;
        for (int c = 0; c < Classes; c++)
        {
            // Of a box that has an object already, the new one changes its own class alone.
            if (isFirst || c == label)
            {
                bool isPlain = isFirst && options.UseFocalLoss;
                float target = isPlain
                    ? c == label ? 1 : 0
                    : ((c == label ? 1 : 0) * (1 - smoothing)) + (0.5f * smoothing);
                float p = image.Sigmoid(cell, box, YoloMap.FirstClass + c);
                delta[image.At(cell, box, YoloMap.FirstClass + c)] = options.ClassScale * (p - target) * focal;
            }
        }
    }

    private static float Focal(in YoloMap image, int cell, int box, int label)
    {
        float p = image.Sigmoid(cell, box, YoloMap.FirstClass + label) + 1e-15f;
        return FocalAlpha * -(1 - p) * ((2 * p * MathF.Log(p)) + p - 1);
    }

    private int BoxOf(int anchor)
    {
        for (int box = 0; box < Boxes; box++)
        {
            if (options.Mask[box] == anchor)
            {
                return box;
            }
        }

        return -1;
    }

    private YoloObject Anchor(in YoloMap image, int anchor) => new(
        0, 0, 0, options.Biases[2 * anchor] / (image.Width * options.AnchorsScale),
        options.Biases[(2 * anchor) + 1] / (image.Height * options.AnchorsScale));
}
