using Cnn.Engine.Classification;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Inspection;

/// <summary>
/// Shows which pixels a class depends on: the magnitude of the derivative of its score with respect to each pixel, the
/// largest over the channels (Simonyan, Vedaldi and Zisserman, 2013, https://arxiv.org/abs/1312.6034).
/// </summary>
public static class Saliency
{
    /// <summary>Runs a net forward and backward from the score of a class.</summary>
    /// <param name="net">The net, built with <see cref="NetOptions.ForceBackward"/>; its input is filled.</param>
    /// <param name="label">The class; null for the one with the greatest score.</param>
    /// <param name="item">The item of the batch.</param>
    /// <exception cref="CnnException">
    /// The net has no images, no such class or item, or no gradient reaches the images.
    /// </exception>
    public static SaliencyMap Of(Net net, int? label = null, int item = 0)
    {
        string name = ImageBlob(net);
        net.Forward();
        ClassScore score = ScoreGradient.Run(net, label, item);
        RequireGradient(net, name);
        Blob images = net.FindBlob(name);
        int channels = images.Dim(1), size = images.Dim(2) * images.Dim(3);
        ReadOnlySpan<float> gradient = images.Diff.Slice(item * channels * size, channels * size);
        var values = new float[size];
        for (int i = 0; i < gradient.Length; i++)
        {
            values[i % size] = Math.Max(values[i % size], Math.Abs(gradient[i]));
        }

        return new SaliencyMap(score, images.Dim(2), images.Dim(3), values);
    }

    /// <summary>Returns the name of the blob that has the images of a net: the first of shape [N, C, H, W].</summary>
    /// <exception cref="CnnException">There is none.</exception>
    public static string ImageBlob(Net net)
    {
        foreach (NetLayer layer in net.Layers.Where(l => l.Bottoms.Count == 0))
        {
            for (int top = 0; top < layer.Tops.Count; top++)
            {
                if (layer.Tops[top] is { AxisCount: 4, Count: > 0 })
                {
                    return layer.TopNames[top];
                }
            }
        }

        throw new CnnException(
            $"net '{net.Name}' has no images", "its input or its data layer gives them, of shape N x C x H x W");
    }

    private static void RequireGradient(Net net, string images)
    {
        foreach (NetLayer layer in net.Layers.Where(l => l.NeedsBackward))
        {
            for (int bottom = 0; bottom < layer.Bottoms.Count; bottom++)
            {
                if (layer.BottomNames[bottom] == images && layer.PropagateDown[bottom])
                {
                    return;
                }
            }
        }

        NetLayer? end = net.Layers.FirstOrDefault(l => l.Bottoms.Count > 0 && !l.Layer.HasGradient);
        throw new CnnException(
            $"no gradient reaches blob '{images}' of net '{net.Name}'",
            end is null
                ? "build the net to run backward throughout (force_backward)"
                : $"layer '{end.Name}' ({end.Type}) has none");
    }
}
