using Cnn.Layers;

namespace Cnn.Engine.Graph;

/// <summary>
/// Optimises a net that only runs forward: folds layers into the convolutions before them, and lets blobs share memory
/// when their live ranges do not overlap.
/// </summary>
internal static class InferencePlan
{
    /// <summary>
    /// Folds a layer into the layer whose result it alone reads: batch normalisation, scales and rectifiers become part
    /// of the convolution before them. Their tops then hold the convolution's result.
    /// </summary>
    public static void Fold(IReadOnlyList<NetLayer> layers, IReadOnlySet<Blob> kept)
    {
        for (int i = 0; i < layers.Count; i++)
        {
            if (!HasOnePlainTop(layers[i]))
            {
                continue;
            }

            Blob result = layers[i].TopList[0];
            for (int next = Reader(layers, i, result); next >= 0; next = Reader(layers, next, result))
            {
                NetLayer follower = layers[next];
                if (!HasOnePlainTop(follower)
                    || (follower.TopList[0] != result && kept.Contains(result))
                    || !(follower.BottomList.Count == 1
                        ? layers[i].Layer.TryFold(follower.Layer, follower.BottomList)
                        : TryFoldSum(layers, i, next, result)))
                {
                    break;
                }

                (follower.IsFolded, follower.FoldedInto) = (true, result);
                result = follower.TopList[0];
            }
        }
    }

    /// <summary>
    /// Lets blobs reuse the memory of blobs whose live ranges have ended: a layer never writes over values that it or a
    /// later layer still reads. Blobs that share values count as one. Excluded are the blobs in
    /// <paramref name="kept"/>, the tops of layers without bottoms, and the blobs of layers that carry state from pass
    /// to pass.
    /// </summary>
    public static void ShareMemory(IReadOnlyList<NetLayer> layers, IReadOnlySet<Blob> kept)
    {
        var ranges = new Dictionary<object, LiveRange>();
        for (int i = 0; i < layers.Count; i++)
        {
            foreach (Blob blob in layers[i].BottomList.Concat(layers[i].TopList))
            {
                if (!ranges.TryGetValue(blob.Memory, out LiveRange? range))
                {
                    ranges.Add(blob.Memory, range = new LiveRange { First = i });
                }

                range.Last = i;
                range.Size = Math.Max(range.Size, blob.Count);
                range.IsKept |= kept.Contains(blob)
                    || layers[i].BottomList.Count == 0
                    || layers[i].Layer.State.Count > 0;
                if (!range.Blobs.Contains(blob))
                {
                    range.Blobs.Add(blob);
                }
            }
        }

        foreach (Blob own in layers.SelectMany(l => l.Layer.Blobs.Concat(l.Layer.State)))
        {
            ranges.Remove(own.Memory);
        }

        LiveRange[] ordered = [.. ranges.Values.Where(l => !l.IsKept && l.Size > 0).OrderBy(l => l.First)];
        var buffers = new List<SharedBuffer>();
        foreach (LiveRange range in ordered)
        {
            SharedBuffer buffer = Choose(buffers, range);
            buffer.Size = Math.Max(buffer.Size, range.Size);
            buffer.FreeAfter = range.Last;
            foreach (Blob blob in range.Blobs)
            {
                blob.UseMemoryOf(buffer.Memory);
            }
        }

        foreach (SharedBuffer buffer in buffers)
        {
            buffer.Memory.Reshape(buffer.Size);
            _ = buffer.Memory.Data;
        }
    }

    // The other bottom of the sum has to be complete before the layer runs that takes the sum in.
    private static bool TryFoldSum(IReadOnlyList<NetLayer> layers, int at, int next, Blob result)
    {
        NetLayer sum = layers[next];
        if (sum.Layer is not ISum layer || !layer.IsSum(sum.BottomList)
            || sum.BottomList[0] == sum.BottomList[1] || sum.TopList[0] == sum.BottomList[0])
        {
            return false;
        }

        Blob other = sum.BottomList[0] == result ? sum.BottomList[1] : sum.BottomList[0];
        for (int i = at; i < next; i++)
        {
            if (layers[i].TopList.Any(t => ReferenceEquals(t.Memory, other.Memory)))
            {
                return false;
            }
        }

        return !ReferenceEquals(other.Memory, result.Memory) && layers[at].Layer.TryFoldSum(other);
    }

    // A top with a loss weight stays: the loss is the sum of the values that its own layer wrote.
    private static bool HasOnePlainTop(NetLayer layer) => layer.TopList.Count == 1 && layer.LossWeightList[0] == 0;

    private static int Reader(IReadOnlyList<NetLayer> layers, int after, Blob blob)
    {
        for (int i = after + 1; i < layers.Count; i++)
        {
            if (layers[i].BottomList.Contains(blob))
            {
                return i;
            }
        }

        return -1;
    }

    // Chooses the smallest free buffer that is large enough, else the largest free one, which then grows.
    private static SharedBuffer Choose(List<SharedBuffer> buffers, LiveRange range)
    {
        SharedBuffer? best = null;
        foreach (SharedBuffer buffer in buffers)
        {
            bool isBetter = best is null
                || (best.Size < range.Size
                    ? buffer.Size > best.Size
                    : buffer.Size >= range.Size && buffer.Size < best.Size);
            if (buffer.FreeAfter < range.First && isBetter)
            {
                best = buffer;
            }
        }

        if (best is null)
        {
            buffers.Add(best = new SharedBuffer());
        }

        return best;
    }

    private sealed class LiveRange
    {
        public int First { get; init; }

        public int Last { get; set; }

        public int Size { get; set; }

        public bool IsKept { get; set; }

        public List<Blob> Blobs { get; } = [];
    }

    private sealed class SharedBuffer
    {
        public Blob Memory { get; } = new();

        public int Size { get; set; }

        public int FreeAfter { get; set; }
    }
}
