using Cnn.Layers.Threading;

namespace Cnn.Layers.Detection;

/// <summary>One pass of a loss of YOLO's: the gradients of each image, and the sum of their squares.</summary>
/// <typeparam name="TRule">What the loss wants.</typeparam>
internal readonly unsafe struct YoloLossJob<TRule>(
    TRule rule, Blob map, Blob deltas, YoloObjects objects, double* sums) : IParallelJob
    where TRule : struct, IYoloRule
{
    /// <summary>Computes an image.</summary>
    public void Run(int part, int worker)
    {
        var image = new YoloMap(map, part, rule.Classes);
        int count = map.CountOf(1);
        float* delta = deltas.DataPointer + ((long)part * count);
        new Span<float>(delta, count).Clear();
        ReadOnlySpan<YoloObject> truths = objects.Of(part);
        for (int box = 0; box < rule.Boxes; box++)
        {
            for (int cell = 0; cell < image.Cells; cell++)
            {
                rule.WriteBackground(image, cell, box, truths, delta);
            }
        }

        foreach (ref readonly YoloObject truth in truths)
        {
            rule.WriteObject(image, truth, delta);
        }

        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += (double)delta[i] * delta[i];
        }

        sums[part] = sum;
    }
}
