using Cnn.Layers;

namespace Cnn.Engine.Graph;

/// <summary>
/// Saves memory in a net whose passes alternate: what a layer keeps from the forward pass for the backward pass lies in
/// the memory of a gradient that is computed later. That is the gradient of a blob whose readers all come before the
/// layer, and so run backward after it. The gradient of an output comes from outside, or stays 0, and is none of them.
/// </summary>
internal static class TrainingMemory
{
    /// <summary>
    /// Gives the layers' kept blobs such memory where there is any of their size; the blobs have their shapes.
    /// </summary>
    public static void Lend(IReadOnlyList<NetLayer> layers)
    {
        List<Gradient> gradients = Find(layers);
        for (int i = 0; i < layers.Count; i++)
        {
            if (layers[i].IsFolded)
            {
                continue;
            }

            foreach (Blob blob in layers[i].Layer.KeptForBackward)
            {
                if (blob.Count > 0 && Choose(gradients, i, blob.Count) is { } gradient)
                {
                    blob.UseDiffMemoryOf(gradient.Blob);
                    gradient.IsLent = true;
                }
            }
        }
    }

    private static List<Gradient> Find(IReadOnlyList<NetLayer> layers)
    {
        var found = new Dictionary<object, Gradient>();
        for (int i = 0; i < layers.Count; i++)
        {
            NetLayer layer = layers[i];
            for (int bottom = 0; bottom < layer.BottomList.Count; bottom++)
            {
                Gradient gradient = Of(layer.BottomList[bottom]);
                gradient.LastReader = i;
                gradient.IsComputed |= layer.NeedsBackward && layer.PropagateDownList[bottom];
            }

            // The forward pass writes the gradient of a loss.
            for (int top = 0; top < layer.TopList.Count; top++)
            {
                Gradient gradient = Of(layer.TopList[top]);
                gradient.LastWriter = i;
                gradient.IsLent |= layer.LossWeightList[top] != 0;
            }
        }

        return [.. found.Values];

        Gradient Of(Blob blob)
        {
            if (!found.TryGetValue(blob.DiffMemory, out Gradient? gradient))
            {
                found.Add(blob.DiffMemory, gradient = new Gradient(blob));
            }

            return gradient;
        }
    }

    // Chooses the smallest that is large enough.
    private static Gradient? Choose(List<Gradient> gradients, int layer, int count)
    {
        Gradient? best = null;
        foreach (Gradient gradient in gradients)
        {
            if (gradient.IsComputed && !gradient.IsLent
                && gradient.LastReader < layer && gradient.LastWriter < gradient.LastReader
                && gradient.Blob.Count >= count && !(best?.Blob.Count <= gradient.Blob.Count))
            {
                best = gradient;
            }
        }

        return best;
    }

    private sealed class Gradient(Blob blob)
    {
        public Blob Blob { get; } = blob;

        public int LastReader { get; set; }

        public int LastWriter { get; set; }

        public bool IsComputed { get; set; }

        public bool IsLent { get; set; }
    }
}
