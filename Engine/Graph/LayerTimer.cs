using System.Diagnostics;
using Cnn.Engine.Runs;

namespace Cnn.Engine.Graph;

/// <summary>Adds up the times of a net's layers over some training passes.</summary>
/// <param name="net">The net.</param>
internal sealed class LayerTimer(Net net)
{
    private readonly long[] forward = new long[net.Layers.Count];
    private readonly long[] backward = new long[net.Layers.Count];

    /// <summary>Forgets what was added.</summary>
    public void Clear()
    {
        Array.Clear(forward);
        Array.Clear(backward);
    }

    /// <summary>Adds the time since a time stamp to a layer's forward passes.</summary>
    public void AddForward(int layer, long start) => forward[layer] += Stopwatch.GetTimestamp() - start;

    /// <summary>Adds the time since a time stamp to a layer's backward passes.</summary>
    public void AddBackward(int layer, long start) => backward[layer] += Stopwatch.GetTimestamp() - start;

    /// <summary>Returns the mean times of a pass, without the layers whose work an earlier one does.</summary>
    /// <param name="passes">The number of passes that were added.</param>
    public IReadOnlyList<LayerTime> Means(int passes) =>
    [
        .. net.Layers.Index()
            .Where(l => !l.Item.IsFolded)
            .Select(l => new LayerTime(
                l.Item.Name, l.Item.Type, Mean(forward[l.Index], passes), Mean(backward[l.Index], passes))),
    ];

    // In milliseconds.
    private static double Mean(long ticks, int passes) => ticks * 1000.0 / Stopwatch.Frequency / passes;
}
