namespace Cnn.Bench.Scaling;

/// <summary>
/// Predicts a training step of nodes that all do the same at the same time, so that one of them stands for all. Each
/// bucket of gradients is packed, sent to the nodes that own its slices, added there, and the sums are sent back to all
/// and unpacked. A bucket starts when its last gradient is done; the link, and the thread that copies and adds, take
/// what is due first.
/// </summary>
/// <param name="node">The step of one node.</param>
/// <param name="passes">The passes that each node computes of an iteration.</param>
/// <param name="memory">The bytes that the communication thread reads and writes in a second.</param>
internal sealed class StepSimulation(StepProfile node, int passes, double memory)
{
    private enum Stage
    {
        Pack,
        Scatter,
        Add,
        Gather,
        Unpack,
    }

    /// <summary>Returns the step of a number of nodes, each of which computes the same passes as one alone.</summary>
    public PredictedStep Run(NetworkModel network, int nodes)
    {
        double computed = passes * node.Pass;
        if (nodes == 1)
        {
            return new PredictedStep(computed + node.Update, 0, 0);
        }

        double[] done = new double[node.Backward.Count];
        double time = computed - node.Backward.Sum();
        for (int i = 0; i < done.Length; i++)
        {
            done[i] = time += node.Backward[i];
        }

        double wait = Math.Max(0, Exchange(network, nodes, b => done[b.After]) - computed);
        return new PredictedStep(computed + wait + node.Update, wait, Exchange(network, nodes, _ => 0));
    }

    // Returns when the last bucket is there.
    private double Exchange(NetworkModel network, int nodes, Func<TimedBucket, double> start)
    {
        var due = new PriorityQueue<(TimedBucket Bucket, Stage Stage), (double Time, int Order)>();
        foreach (var (order, bucket) in node.Buckets.Index())
        {
            due.Enqueue((bucket, Stage.Pack), (start(bucket), order));
        }

        double linkIsFree = 0, threadIsFree = 0, end = 0;
        while (due.TryDequeue(out (TimedBucket Bucket, Stage Stage) work, out (double Time, int Order) since))
        {
            double bytes = work.Bucket.Bytes;
            if (work.Stage is Stage.Scatter or Stage.Gather)
            {
                linkIsFree = Math.Max(since.Time, linkIsFree) + network.Busy(bytes / nodes, nodes);
                end = linkIsFree + network.Latency;
            }
            else
            {
                end = threadIsFree = Math.Max(since.Time, threadIsFree) + (Moved(work.Stage, bytes, nodes) / memory);
            }

            if (work.Stage != Stage.Unpack)
            {
                due.Enqueue((work.Bucket, work.Stage + 1), (end, since.Order));
            }
        }

        return end;
    }

    // Copying reads and writes; adding reads two numbers and writes one, for each of the other nodes.
    private static double Moved(Stage stage, double bytes, int nodes) =>
        stage == Stage.Add ? 3 * bytes * (nodes - 1) / nodes : 2 * bytes;
}
