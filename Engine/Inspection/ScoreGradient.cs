using Cnn.Engine.Classification;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Inspection;

/// <summary>
/// Runs a net backward from the score of a class. The scores are what the last loss, or the last Softmax at an end of
/// the net, reads, or else the first output: behind a Softmax that is sure of a class, no gradient is left.
/// </summary>
public static class ScoreGradient
{
    private const string Softmax = "Softmax";

    /// <summary>
    /// Computes the gradient of a class's score with respect to every blob and parameter, after a forward pass. Scores
    /// with places, [N, C, H, W], are added up. The gradients of losses are overwritten.
    /// </summary>
    /// <param name="net">
    /// The net, built with <see cref="NetOptions.ForceBackward"/> where gradients are wanted down to its input.
    /// </param>
    /// <param name="label">The class; null for the one with the greatest score.</param>
    /// <param name="item">The item of the batch.</param>
    /// <returns>The class and its value: the probability where the net ends in a Softmax, else the score.</returns>
    /// <exception cref="CnnException">
    /// The net has no such class or item, or no gradient flows back from the scores.
    /// </exception>
    public static ClassScore Run(Net net, int? label = null, int item = 0)
    {
        (int last, string name, Blob? probabilities) = Find(net);
        Blob scores = net.FindBlob(name);
        int classes = scores.AxisCount > 1 ? scores.Dim(1) : 1;
        if (scores.AxisCount == 0 || item < 0 || item >= scores.Dim(0) || scores.Count == 0)
        {
            throw new CnnException($"blob '{name}' of shape {scores.ShapeText} has no scores of item {item}");
        }

        if (label < 0 || label >= classes)
        {
            throw new CnnException(
                $"class {label} does not exist: blob '{name}' has {classes} {(classes == 1 ? "class" : "classes")}",
                $"from 0 to {classes - 1}");
        }

        int found = label ?? Best(scores, item, classes);
        float value = Sum(probabilities ?? scores, item, found, classes);
        Start(net, last, name);
        Of(scores.Diff, scores, item, found, classes).Fill(1);
        for (int i = last; i >= 0; i--)
        {
            net.BackwardLayer(net.Layers[i]);
        }

        return new ClassScore(found, value);
    }

    /// <summary>Returns whether the value of a class is a probability: whether the net ends in a Softmax.</summary>
    internal static bool GivesProbability(Net net) => Find(net).Probabilities is not null;

    // The layer that writes the scores, their name, and the blob with their probabilities.
    private static (int Writer, string Name, Blob? Probabilities) Find(Net net)
    {
        for (int i = net.Layers.Count - 1; i > 0; i--)
        {
            NetLayer layer = net.Layers[i];
            if (layer.Bottoms.Count > 0 && (layer.Layer.IsLoss || (layer.Type == Softmax && IsEnd(net, i))))
            {
                Blob? probabilities = layer.Type == Softmax ? layer.Tops[0] : null;
                (int writer, string name) = WriterOf(net, layer.BottomNames[0], i - 1);
                return (writer, name, probabilities);
            }
        }

        if (net.Outputs.Count == 0)
        {
            throw new CnnException($"net '{net.Name}' has no output, and so no score");
        }

        (int last, string output) = WriterOf(net, net.Outputs[0], net.Layers.Count - 1);
        return (last, output, null);
    }

    // Whether what a layer writes, or a copy of it, is an output or goes where no gradient does, such as an Accuracy.
    // The probabilities in the middle of a net, such as those of attention, are not its classes.
    private static bool IsEnd(Net net, int index)
    {
        HashSet<string> copies = [net.Layers[index].TopNames[0]];
        foreach (NetLayer layer in net.Layers.Skip(index + 1))
        {
            bool reads = layer.BottomNames.Any(copies.Contains);
            if (reads && layer.Type != SplitInsertion.Type && !layer.Layer.HasGradient)
            {
                return true;
            }

            // In place, a layer replaces what it reads.
            copies.ExceptWith(layer.TopNames);
            if (reads && layer.Type == SplitInsertion.Type)
            {
                copies.UnionWith(layer.TopNames);
            }
        }

        return net.Outputs.Any(copies.Contains);
    }

    // The layer of the definition that writes a blob, and the blob's name there: behind a Split are copies.
    private static (int Writer, string Name) WriterOf(Net net, string blob, int last)
    {
        int index = last;
        while (index > 0)
        {
            NetLayer layer = net.Layers[index];
            if (layer.TopNames.Contains(blob))
            {
                if (layer.Type != SplitInsertion.Type)
                {
                    break;
                }

                blob = layer.BottomNames[0];
            }

            index--;
        }

        return (index, blob);
    }

    // What other outputs and losses left behind must not flow back.
    private static void Start(Net net, int writer, string name)
    {
        NetLayer layer = net.Layers[writer];
        if (!layer.NeedsBackward)
        {
            throw new CnnException(
                $"no gradient flows back from blob '{name}' of layer '{layer.Name}' ({layer.Type})",
                layer.Layer.HasGradient ? "build the net to run backward throughout (force_backward)" : null);
        }

        net.ClearParameterDiffs();
        foreach (Blob top in net.Layers.SelectMany(l => l.Tops))
        {
            top.ClearDiff();
        }
    }

    private static int Best(Blob scores, int item, int classes) =>
        Enumerable.Range(0, classes).MaxBy(label => Sum(scores, item, label, classes));

    private static float Sum(Blob scores, int item, int label, int classes)
    {
        float sum = 0;
        foreach (float value in Of(scores.Data, scores, item, label, classes))
        {
            sum += value;
        }

        return sum;
    }

    private static Span<float> Of(Span<float> values, Blob scores, int item, int label, int classes)
    {
        int size = scores.Count / scores.Dim(0) / classes;
        return values.Slice(((item * classes) + label) * size, size);
    }
}
