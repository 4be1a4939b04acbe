using System.Diagnostics;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Runner.Reports;

namespace Cnn.Bench;

/// <summary>
/// The layers that take longest: products and convolutions as a share of the machine's peak, the others as a share of the
/// bandwidth of the triad, counting each blob that a pass has to read or write once.
/// </summary>
internal static class SlowestLayers
{
    private const int Rounds = 5;

    /// <summary>Times the layers one by one and prints the slowest.</summary>
    public static void Print(Net net, int shown, bool forwardOnly, double peak, double bandwidth)
    {
        int count = net.Layers.Count;
        double[] forward = new double[count], backward = new double[count];
        Array.Fill(forward, double.MaxValue);
        Array.Fill(backward, forwardOnly ? 0 : double.MaxValue);
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < count; i++)
            {
                forward[i] = Math.Min(forward[i], Time(() => net.ForwardLayer(net.Layers[i])));
            }

            for (int i = count - 1; i >= 0 && !forwardOnly; i--)
            {
                backward[i] = Math.Min(backward[i], Time(() => net.BackwardLayer(net.Layers[i])));
            }
        }

        foreach (int i in Enumerable.Range(0, count).OrderByDescending(i => forward[i] + backward[i]).Take(shown))
        {
            NetLayer layer = net.Layers[i];
            LayerCost cost = LayerCost.Of(layer);
            Console.WriteLine(
                $"    {layer.Name,-24} {layer.Type,-14} {1e3 * forward[i],9:F3} ms {Share(forward[i], cost.MultiplyAdds, LayerCost.Bytes(layer, false))}"
                + (forwardOnly ? "" : $"{1e3 * backward[i],9:F3} ms back {Share(backward[i], cost.BackwardMultiplyAdds(layer), LayerCost.Bytes(layer, true))}"));
        }

        string Share(double seconds, long multiplyAdds, double bytes) =>
            seconds <= 0 || (multiplyAdds == 0 && bytes == 0) ? $"{"",22}"
            : multiplyAdds > 0 ? $"{200.0 * multiplyAdds / seconds / peak,6:F1} % of peak     "
            : $"{100 * bytes / seconds / bandwidth,6:F1} % of bandwidth";
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
