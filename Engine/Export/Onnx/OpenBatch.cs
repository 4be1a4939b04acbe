using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Export.Onnx;

/// <summary>
/// Finds out which blobs follow the batch size, by asking the net for its shapes at another one.
/// </summary>
internal sealed class OpenBatch
{
    private readonly HashSet<Blob> following;

    private OpenBatch(HashSet<Blob> following, string? problem) => (this.following, Problem) = (following, problem);

    /// <summary>Why the batch size cannot be left open; null where it can.</summary>
    public string? Problem { get; }

    /// <summary>Whether the first axis of a blob is the batch, or a multiple of it.</summary>
    public bool Follows(Blob blob) => following.Contains(blob);

    /// <summary>A batch size that stays.</summary>
    /// <param name="reason">Why.</param>
    public static OpenBatch Fixed(string reason) => new([], reason);

    /// <summary>
    /// Tries another batch size. The net has its own shapes again afterwards.
    /// </summary>
    /// <param name="net">The net.</param>
    /// <param name="sources">Its layers without bottoms, whose tops the graph takes as inputs.</param>
    public static OpenBatch Of(Net net, IReadOnlyList<NetLayer> sources)
    {
        Blob[] inputs = [.. sources.SelectMany(s => s.TopList)];
        if (inputs.Length == 0 || inputs.Any(i => i.AxisCount == 0 || i.Dim(0) < 1))
        {
            return Fixed("an input has no axis for it");
        }

        int[] batches = [.. inputs.Select(i => i.Dim(0)).Distinct()];
        if (batches.Length > 1)
        {
            return Fixed($"the inputs' first axes differ: {string.Join(" and ", batches)}");
        }

        NetLayer[] others = [.. net.Layers.Where(l => !sources.Contains(l))];
        Blob[] blobs = [.. net.Layers.SelectMany(l => l.TopList).Distinct()];
        int[][] before = [.. blobs.Select(b => b.Shape.ToArray())];
        try
        {
            return Compare(blobs, before, Reshaped(batches[0] + 1), batches[0]);
        }
        catch (CnnException exception)
        {
            return Fixed(exception.Diagnostics[0].Message);
        }
        finally
        {
            Reshaped(batches[0]);
        }

        int[][] Reshaped(int batch)
        {
            foreach (Blob input in inputs)
            {
                input.Reshape([batch, .. input.Shape[1..]]);
            }

            foreach (NetLayer layer in others)
            {
                layer.Layer.Reshape(layer.BottomList, layer.TopList);
            }

            return [.. blobs.Select(b => b.Shape.ToArray())];
        }
    }

    private static OpenBatch Compare(Blob[] blobs, int[][] before, int[][] after, int batch)
    {
        var following = new HashSet<Blob>();
        for (int i = 0; i < blobs.Length; i++)
        {
            if (before[i].AsSpan().SequenceEqual(after[i]))
            {
                continue;
            }

            bool onlyFirst = before[i].Length == after[i].Length
                && before[i].AsSpan(1).SequenceEqual(after[i].AsSpan(1))
                && (long)before[i][0] * (batch + 1) == (long)after[i][0] * batch;
            if (!onlyFirst)
            {
                return Fixed(
                    $"a blob of shape {string.Join(" x ", before[i])} would become {string.Join(" x ", after[i])}");
            }

            following.Add(blobs[i]);
        }

        return new OpenBatch(following, null);
    }
}
