using Cnn.Engine.Graph;

namespace Cnn.Engine.Solvers.Passes;

/// <summary>
/// Divides the gradients of a net into buckets, in the order in which the backward pass completes them. The borders
/// follow from the net alone.
/// </summary>
internal static class GradientBuckets
{
    /// <summary>
    /// The values of a full bucket: 4 MB, which take long to send compared with the latency of a network and short
    /// compared with a backward pass.
    /// </summary>
    public const int Most = 1 << 20;

    /// <summary>
    /// Returns for each parameter that has a gradient the index of the layer that completes it in a backward pass; -1
    /// for one that has none.
    /// </summary>
    public static int[] CompletingLayers(Net net)
    {
        // A layer that does the work of those after it completes their gradients.
        var worker = new Dictionary<NetLayer, int>();
        for (int i = 0; i < net.Layers.Count; i++)
        {
            worker.TryAdd(net.Layers[i], i);
            foreach (NetLayer follower in net.Layers[i].Followers)
            {
                worker[follower] = i;
            }
        }

        return [.. net.Learnable.Select(p => p.HasGradient ? p.Uses.Min(u => worker[u.Layer]) : -1)];
    }

    /// <summary>Returns the buckets of a net.</summary>
    /// <param name="net">The net.</param>
    /// <param name="most">The values of a full bucket.</param>
    public static IReadOnlyList<GradientBucket> Of(Net net, int most = Most)
    {
        int[] layers = CompletingLayers(net);
        var buckets = new List<GradientBucket>();
        var segments = new List<GradientSegment>();
        int count = 0, layer = -1;
        foreach (int parameter in Enumerable.Range(0, layers.Length)
            .Where(p => layers[p] >= 0)
            .OrderByDescending(p => layers[p]))
        {
            int left = net.Learnable[parameter].Blob.Count, offset = 0;
            while (left > 0)
            {
                int taken = Math.Min(left, most - count);
                segments.Add(new GradientSegment(parameter, offset, taken));
                (left, offset, count, layer) = (left - taken, offset + taken, count + taken, layers[parameter]);
                if (count == most)
                {
                    End();
                }
            }
        }

        End();
        return buckets;

        void End()
        {
            if (segments.Count > 0)
            {
                buckets.Add(new GradientBucket([.. segments], layer));
                segments.Clear();
                count = 0;
            }
        }
    }
}
