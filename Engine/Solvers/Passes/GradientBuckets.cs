using Cnn.Engine.Graph;

namespace Cnn.Engine.Solvers.Passes;

/// <summary>
/// Divides the gradients of a net into buckets, in the order in which the backward pass completes them. The last ones
/// are smaller: less of the backward pass is left for them to hide behind, and nothing of it for the very last. The
/// borders follow from the net alone.
/// </summary>
internal static class GradientBuckets
{
    /// <summary>
    /// The values of a full bucket: 4 MB, which take long to send compared with the latency of a network and short
    /// compared with a backward pass.
    /// </summary>
    public const int Most = 1 << 20;

    // 256 KB: what is smaller takes no longer to send than the latency of a network.
    private const int Least = 1 << 16;

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
        long rest = net.Learnable.Index().Where(p => layers[p.Index] >= 0).Sum(p => (long)p.Item.Blob.Count);
        int count = 0, layer = -1, full = Full(rest, most);
        foreach (int parameter in Enumerable.Range(0, layers.Length)
            .Where(p => layers[p] >= 0)
            .OrderByDescending(p => layers[p]))
        {
            int left = net.Learnable[parameter].Blob.Count, offset = 0;
            while (left > 0)
            {
                int taken = Math.Min(left, full - count);
                segments.Add(new GradientSegment(parameter, offset, taken));
                (left, offset, count, layer) = (left - taken, offset + taken, count + taken, layers[parameter]);
                if (count == full)
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
                (rest, count) = (rest - count, 0);
                full = Full(rest, most);
            }
        }
    }

    // Half of the values that are left, within limits.
    private static int Full(long rest, int most) => (int)Math.Min(most, Math.Max(Least, rest / 2));
}
