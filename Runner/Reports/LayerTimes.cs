using System.Diagnostics;
using Cnn.Runner.Graph;
using Serilog;

namespace Cnn.Runner.Reports;

/// <summary>How long the layers of a net take.</summary>
internal static class LayerTimes
{
    /// <summary>Warms up with one round, then times some, telling the lines that Caffe's users grep for.</summary>
    /// <returns>A table: milliseconds a pass and GFLOP/s, a multiply-add being two operations.</returns>
    public static string Measure(Net net, int iterations, ILogger log)
    {
        net.Forward();
        net.Backward();
        int count = net.Layers.Count;
        long[] forward = new long[count], backward = new long[count];
        log.Information("*** Benchmark begins ***");
        log.Information("{Line:l}", $"Testing for {iterations} iterations.");
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < iterations; round++)
        {
            long roundStart = Stopwatch.GetTimestamp();
            for (int i = 0; i < count; i++)
            {
                long before = Stopwatch.GetTimestamp();
                net.ForwardLayer(net.Layers[i]);
                forward[i] += Stopwatch.GetTimestamp() - before;
            }

            net.Clock.Pass++;
            for (int i = count - 1; i >= 0; i--)
            {
                long before = Stopwatch.GetTimestamp();
                net.BackwardLayer(net.Layers[i]);
                backward[i] += Stopwatch.GetTimestamp() - before;
            }

            Tell($"Iteration: {round + 1} forward-backward time: {Number(Stopwatch.GetTimestamp() - roundStart)} ms.");
        }

        long total = Stopwatch.GetTimestamp() - start;
        var table = new TextTable("layer", "type", ">forward ms", ">GFLOP/s", ">backward ms", ">GFLOP/s");
        Tell("Average time per layer: ");
        for (int i = 0; i < count; i++)
        {
            NetLayer layer = net.Layers[i];
            Tell($"{layer.Name,10}\tforward: {Number(forward[i] / (double)iterations)} ms.");
            Tell($"{layer.Name,10}\tbackward: {Number(backward[i] / (double)iterations)} ms.");
            LayerCost cost = LayerCost.Of(layer);
            table.Add(
                layer.Name,
                layer.Layer.Type,
                $"{Milliseconds(forward[i]) / iterations:0.000}",
                Rate(cost.MultiplyAdds * iterations, forward[i]),
                $"{Milliseconds(backward[i]) / iterations:0.000}",
                Rate(cost.BackwardMultiplyAdds(layer) * iterations, backward[i]));
        }

        long forwardMultiplyAdds = net.Layers.Sum(l => LayerCost.Of(l).MultiplyAdds) * iterations;
        long backwardMultiplyAdds = net.Layers.Sum(l => LayerCost.Of(l).BackwardMultiplyAdds(l)) * iterations;
        table.AddRule();
        table.Add(
            "all",
            "",
            $"{Milliseconds(forward.Sum()) / iterations:0.000}",
            Rate(forwardMultiplyAdds, forward.Sum()),
            $"{Milliseconds(backward.Sum()) / iterations:0.000}",
            Rate(backwardMultiplyAdds, backward.Sum()));
        Tell($"Average Forward pass: {Number(forward.Sum() / (double)iterations)} ms.");
        Tell($"Average Backward pass: {Number(backward.Sum() / (double)iterations)} ms.");
        Tell($"Average Forward-Backward: {Number(total / (double)iterations)} ms.");
        Tell($"Total Time: {Number(total)} ms.");
        Tell("*** Benchmark ends ***");
        return table.ToString();

        void Tell(string line) => log.Information("{Line:l}", line);
    }

    private static double Milliseconds(double ticks) => ticks * 1000 / Stopwatch.Frequency;

    private static string Number(double ticks) => CaffeNumber.Format(Milliseconds(ticks));

    private static string Rate(long multiplyAdds, long ticks) =>
        multiplyAdds == 0 || ticks == 0 ? "" : $"{2e-6 * multiplyAdds / Milliseconds(ticks):0.0}";
}
