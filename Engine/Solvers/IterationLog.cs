using System.Diagnostics;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Serilog;

namespace Cnn.Engine.Solvers;

/// <summary>Logs the iterations that are displayed, in Caffe's format.</summary>
/// <param name="net">The training net.</param>
/// <param name="display">Iterations between displays.</param>
/// <param name="log">The log; null for none.</param>
internal sealed class IterationLog(Net net, int display, ILogger? log)
{
    private readonly Stopwatch watch = new();
    private int lastIteration;

    /// <summary>
    /// Logs <c>Iteration {i} ({r} iter/s, {s}s/{display} iters), loss = {smoothed}</c>, with a speed of 0 in the first
    /// one, then a line for each value of the net's outputs.
    /// </summary>
    public void Write(int iteration, float loss)
    {
        if (log is null)
        {
            return;
        }

        double seconds = watch.Elapsed.TotalSeconds;
        double rate = watch.IsRunning && seconds > 0 ? (iteration - lastIteration) / seconds : 0;
        watch.Restart();
        lastIteration = iteration;
        log.Information(
            "{Line:l}",
            $"Iteration {iteration} ({CaffeNumber.Format(rate)} iter/s, "
            + $"{CaffeNumber.Format(seconds)}s/{display} iters), loss = {CaffeNumber.Format(loss)}");
        WriteOutputs(log);
    }

    private void WriteOutputs(ILogger to)
    {
        var values = new List<(string Blob, double Value)>();
        foreach (string name in net.Outputs)
        {
            foreach (float value in net.FindBlob(name).Data)
            {
                values.Add((name, value));
            }
        }

        NetOutputs.Log(net, "Train", values, to);
    }
}
