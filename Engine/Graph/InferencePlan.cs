using Cnn.Layers;

namespace Cnn.Engine.Graph;

/// <summary>
/// What a net that only runs forward can save: layers that its convolutions do along with their own work, and the memory of
/// blobs that nobody reads any more.
/// </summary>
internal static class InferencePlan
{
    /// <summary>
    /// Lets layers take in those that alone read their result: batch normalisation, scales and rectifiers become a part of the
    /// convolution before them. Their tops are then the convolution's.
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
                if (follower.BottomList.Count != 1
                    || !HasOnePlainTop(follower)
                    || (follower.TopList[0] != result && kept.Contains(result))
                    || !layers[i].Layer.TryFold(follower.Layer, follower.BottomList))
                {
                    break;
                }

                follower.IsFolded = true;
                result = follower.TopList[0];
            }
        }
    }

    /// <summary>
    /// Lets blobs use the memory of blobs that were last read before: what a layer writes never lies where anything is that it,
    /// or a later layer, still reads. Blobs that share values are one here. Kept out are the blobs given, what layers without
    /// bottoms write, and what layers keep from pass to pass.
    /// </summary>
    public static void ShareMemory(IReadOnlyList<NetLayer> layers, IReadOnlySet<Blob> kept)
    {
        var lives = new Dictionary<object, Life>();
        for (int i = 0; i < layers.Count; i++)
        {
            foreach (Blob blob in layers[i].BottomList.Concat(layers[i].TopList))
            {
                if (!lives.TryGetValue(blob.Memory, out Life? life))
                {
                    lives.Add(blob.Memory, life = new Life { First = i });
                }

                life.Last = i;
                life.Size = Math.Max(life.Size, blob.Count);
                life.IsKept |= kept.Contains(blob) || layers[i].BottomList.Count == 0 || layers[i].Layer.State.Count > 0;
                if (!life.Blobs.Contains(blob))
                {
                    life.Blobs.Add(blob);
                }
            }
        }

        foreach (Blob own in layers.SelectMany(l => l.Layer.Blobs.Concat(l.Layer.State)))
        {
            lives.Remove(own.Memory);
        }

        Life[] ordered = [.. lives.Values.Where(l => !l.IsKept && l.Size > 0).OrderBy(l => l.First)];
        var rooms = new List<Room>();
        foreach (Life life in ordered)
        {
            Room room = Choose(rooms, life);
            room.Size = Math.Max(room.Size, life.Size);
            room.FreeAfter = life.Last;
            foreach (Blob blob in life.Blobs)
            {
                blob.UseMemoryOf(room.Memory);
            }
        }

        foreach (Room room in rooms)
        {
            room.Memory.Reshape(room.Size);
            _ = room.Memory.Data;
        }
    }

    // A loss is the sum of what the layer itself wrote.
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

    // Of those that are free the smallest that is large enough, else the largest, which then grows.
    private static Room Choose(List<Room> rooms, Life life)
    {
        Room? best = null;
        foreach (Room room in rooms)
        {
            bool isBetter = best is null || (best.Size < life.Size ? room.Size > best.Size : room.Size >= life.Size && room.Size < best.Size);
            if (room.FreeAfter < life.First && isBetter)
            {
                best = room;
            }
        }

        if (best is null)
        {
            rooms.Add(best = new Room());
        }

        return best;
    }

    private sealed class Life
    {
        public int First { get; init; }

        public int Last { get; set; }

        public int Size { get; set; }

        public bool IsKept { get; set; }

        public List<Blob> Blobs { get; } = [];
    }

    private sealed class Room
    {
        public Blob Memory { get; } = new();

        public int Size { get; set; }

        public int FreeAfter { get; set; }
    }
}
