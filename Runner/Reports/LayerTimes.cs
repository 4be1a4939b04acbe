using System.Diagnostics;
using System.Globalization;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Layers.Threading;
using Cnn.Runner.DataSets;
using Serilog;

namespace Cnn.Runner.Reports;

/// <summary>Measures how long the layers of a net take.</summary>
internal static class LayerTimes
{
    // Smaller amounts stay in the caches.
    private const double LeastBytes = 1 << 20;

    private const double WarmUpSeconds = 1;

    private const string ShareLegend =
        "A share is of the peak (p) or, for layers without multiply-adds, of the memory's bandwidth (m).";

    /// <summary>Warms up for a second, then times some rounds and logs the lines that Caffe's users grep for.</summary>
    /// <param name="net">The net; its weights are filled.</param>
    /// <param name="iterations">The number of rounds to time.</param>
    /// <param name="pool">The net's threads, whose peak and bandwidth are measured too.</param>
    /// <param name="log">The log.</param>
    /// <param name="progress">Receives the rounds done, before each; null for none.</param>
    /// <returns>
    /// A table: milliseconds per pass, GFLOP/s (a multiply-add being two operations), and the share of the machine's
    /// peak, or of its memory's bandwidth for layers without multiply-adds.
    /// </returns>
    public static string Measure(
        Net net, int iterations, WorkerPool pool, ILogger log, IProgress<WriteProgress>? progress = null)
    {
        double peak = Peak.Widest(pool.ThreadCount), bandwidth = Bandwidth.Triad(pool);
        WarmUp(net);
        int count = net.Layers.Count;
        long[] forward = new long[count], backward = new long[count];
        log.Information("*** Benchmark begins ***");
        log.Information("{Line:l}", $"Testing for {iterations} iterations.");
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < iterations; round++)
        {
            progress?.Report(new WriteProgress("time", round, iterations));
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

            Log($"Iteration: {round + 1} forward-backward time: {Number(Stopwatch.GetTimestamp() - roundStart)} ms.");
        }

        long total = Stopwatch.GetTimestamp() - start;
        var table = new TextTable(
            "layer", "type", ">forward ms", ">GFLOP/s", ">share", ">backward ms", ">GFLOP/s", ">share");
        Log("Average time per layer: ");
        for (int i = 0; i < count; i++)
        {
            NetLayer layer = net.Layers[i];
            Log($"{layer.Name,10}\tforward: {Number(forward[i] / (double)iterations)} ms.");
            Log($"{layer.Name,10}\tbackward: {Number(backward[i] / (double)iterations)} ms.");
            table.Add(
                layer.Name,
                layer.Layer.Type,
                $"{Milliseconds(forward[i]) / iterations:0.000}",
                Rate(layer.Cost.MultiplyAdds * iterations, forward[i]),
                Share(layer.Cost.MultiplyAdds, layer.BytesMoved(isBackward: false), forward[i]),
                $"{Milliseconds(backward[i]) / iterations:0.000}",
                Rate(layer.BackwardMultiplyAdds * iterations, backward[i]),
                Share(layer.BackwardMultiplyAdds, layer.BytesMoved(isBackward: true), backward[i]));
        }

        long forwardMultiplyAdds = net.Layers.Sum(l => l.Cost.MultiplyAdds) * iterations;
        long backwardMultiplyAdds = net.Layers.Sum(l => l.BackwardMultiplyAdds) * iterations;
        table.AddRule();
        table.Add(
            "all",
            "",
            $"{Milliseconds(forward.Sum()) / iterations:0.000}",
            Rate(forwardMultiplyAdds, forward.Sum()),
            Share(forwardMultiplyAdds / iterations, 0, forward.Sum()),
            $"{Milliseconds(backward.Sum()) / iterations:0.000}",
            Rate(backwardMultiplyAdds, backward.Sum()),
            Share(backwardMultiplyAdds / iterations, 0, backward.Sum()));
        Log($"Average Forward pass: {Number(forward.Sum() / (double)iterations)} ms.");
        Log($"Average Backward pass: {Number(backward.Sum() / (double)iterations)} ms.");
        Log($"Average Forward-Backward: {Number(total / (double)iterations)} ms.");
        Log($"Total Time: {Number(total)} ms.");
        Log("*** Benchmark ends ***");
        double work = 2e-9 * (forwardMultiplyAdds + backwardMultiplyAdds) / iterations;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{table}\n{work:0.000} GFLOP forward and backward, {pool.ThreadCount} thread(s). "
            + $"Measured in this run: peak {1e-9 * peak:0.0} GFLOP/s,\n"
            + $"memory {1e-9 * bandwidth:0.0} GB/s. {ShareLegend}\n");

        void Log(string line) => log.Information("{Line:l}", line);

        string Share(long multiplyAdds, double bytes, long ticks)
        {
            double seconds = ticks / (double)Stopwatch.Frequency / iterations;
            return multiplyAdds > 0 && ticks > 0 ? $"{200 * multiplyAdds / seconds / peak:0} % p"
                : bytes >= LeastBytes && ticks > 0 ? $"{100 * bytes / seconds / bandwidth:0} % m"
                : "";
        }
    }

    // At least one round, and long enough for the kernels to be compiled for this machine.
    private static void WarmUp(Net net)
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            net.Forward();
            net.Backward();
        }
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < WarmUpSeconds);
    }

    private static double Milliseconds(double ticks) => ticks * 1000 / Stopwatch.Frequency;

    private static string Number(double ticks) => CaffeNumber.Format(Milliseconds(ticks));

    private static string Rate(long multiplyAdds, long ticks) =>
        multiplyAdds == 0 || ticks == 0 ? "" : $"{2e-6 * multiplyAdds / Milliseconds(ticks):0.0}";
}
