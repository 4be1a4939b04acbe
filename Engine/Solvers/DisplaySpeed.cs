using System.Diagnostics;
using Cnn.Engine.Runs;

namespace Cnn.Engine.Solvers;

/// <summary>The iterations a second that a display line shows.</summary>
internal sealed class DisplaySpeed
{
    private readonly Stopwatch watch = new();
    private int lastIteration;

    /// <summary><c>Iteration {i} ({r} iter/s, {s}s/{display} iters), loss = {smoothed}</c>; the first shows 0.</summary>
    public string Line(int iteration, int display, float loss)
    {
        double seconds = watch.Elapsed.TotalSeconds;
        double rate = watch.IsRunning && seconds > 0 ? (iteration - lastIteration) / seconds : 0;
        watch.Restart();
        lastIteration = iteration;
        return $"Iteration {iteration} ({CaffeNumber.Format(rate)} iter/s, "
            + $"{CaffeNumber.Format(seconds)}s/{display} iters), loss = {CaffeNumber.Format(loss)}";
    }
}
