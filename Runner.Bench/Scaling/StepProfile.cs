using System.Diagnostics;
using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Engine.Solvers.Passes;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Bench.Scaling;

/// <summary>What a training step of one pass costs a node, in seconds.</summary>
/// <param name="Name">The net's name.</param>
/// <param name="Batch">The items of a pass.</param>
/// <param name="Forward">The forward pass.</param>
/// <param name="Backward">The backward passes of the layers, in the order they run.</param>
/// <param name="Update">The step without its passes: the update of the parameters above all.</param>
/// <param name="Buckets">The buckets of gradients, in the order they are done.</param>
internal sealed record StepProfile(
    string Name,
    int Batch,
    double Forward,
    IReadOnlyList<double> Backward,
    double Update,
    IReadOnlyList<TimedBucket> Buckets)
{
    private const int WarmUpSteps = 3;

    /// <summary>A forward and a backward pass.</summary>
    public double Pass => Forward + Backward.Sum();

    /// <summary>Returns the profile of a node that computes so many times as fast.</summary>
    public StepProfile Faster(double speed) => this with
    {
        Forward = Forward / speed, Backward = [.. Backward.Select(b => b / speed)], Update = Update / speed,
    };

    /// <summary>
    /// Measures the step of a net on this machine: of each layer the least time in some steps, which depends least on
    /// what else the machine does.
    /// </summary>
    /// <param name="definition">The net; its inputs are filled once.</param>
    /// <param name="pool">The threads of a node.</param>
    /// <param name="rounds">How many steps to measure.</param>
    /// <param name="bucketBytes">The size of a full bucket.</param>
    public static StepProfile Measure(NetParameter definition, WorkerPool pool, int rounds, int bucketBytes)
    {
        using Solver solver = SyntheticNet.Trainer(definition, pool);
        Net net = solver.TrainNet;
        SyntheticNet.FillInputs(net, classes: 10);
        net.Timer = new LayerTimer(net);
        (double Forward, double Backward)[] least = [];
        double update = double.MaxValue;
        for (int round = -WarmUpSteps; round < rounds; round++)
        {
            net.Timer.Clear();
            long start = Stopwatch.GetTimestamp();
            solver.Step();
            double step = Stopwatch.GetElapsedTime(start).TotalSeconds;
            (double Forward, double Backward)[] times =
                [.. net.Timer.Means(1).Select(t => (1e-3 * t.Forward, 1e-3 * t.Backward))];
            if (round <= 0)
            {
                (least, update) = (times, double.MaxValue);
            }

            least = [.. least.Zip(times, (a, b) => (Math.Min(a.Forward, b.Forward), Math.Min(a.Backward, b.Backward)))];
            update = Math.Min(update, step - times.Sum(t => t.Forward + t.Backward));
        }

        return new StepProfile(
            net.Name,
            net.FindBlob(net.Inputs[0]).Dim(0),
            least.Sum(t => t.Forward),
            [.. least.Reverse().Select(t => t.Backward)],
            update,
            BucketsOf(net, bucketBytes));
    }

    private static TimedBucket[] BucketsOf(Net net, int bucketBytes)
    {
        NetLayer[] timed = [.. net.Layers.Where(l => !l.IsFolded)];
        return
        [
            .. GradientBuckets.Of(net, bucketBytes / sizeof(float)).Select(b => new TimedBucket(
                sizeof(float) * (long)b.Count, timed.Length - 1 - Array.IndexOf(timed, net.Layers[b.Layer]))),
        ];
    }
}
