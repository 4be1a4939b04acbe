namespace Cnn.Bench.Scaling;

/// <summary>
/// Predicts a training step of nodes that all do the same at the same time, so that one of them stands for all. Each
/// bucket of gradients is sent to the nodes that own its slices, added there, and the sums are sent back to all. A
/// bucket starts when its last gradient is done; the link and the thread that adds take what is due first.
/// </summary>
/// <param name="node">The step of one node.</param>
/// <param name="passes">The passes that each node computes of an iteration.</param>
/// <param name="addedPerSecond">The bytes of another node's gradients that the thread adds in a second.</param>
internal sealed class StepSimulation(StepProfile node, int passes, double addedPerSecond)
{
    /// <summary>The least size of a bucket but the last, and the greatest piece of a parameter, in bytes.</summary>
    public const int BucketBytes = 4 << 20;

    private readonly Gradient[] buckets = [.. Buckets(node.Gradients)];

    private enum Stage
    {
        Scatter,
        Add,
        Gather,
    }

    /// <summary>The number of buckets.</summary>
    public int BucketCount => buckets.Length;

    /// <summary>Returns the step of a number of nodes, each of which computes the same passes as one alone.</summary>
    public PredictedStep Run(NetworkModel network, int nodes)
    {
        double computed = passes * node.Pass;
        if (nodes == 1)
        {
            return new PredictedStep(computed + node.Update, 0, 0);
        }

        double lastBackward = computed - node.Backward.Sum();
        double[] done = new double[node.Backward.Count];
        for (int i = 0; i < done.Length; i++)
        {
            done[i] = (i == 0 ? lastBackward : done[i - 1]) + node.Backward[i];
        }

        double agreement = Agreement(network, nodes);
        double wait = Math.Max(0, Exchange(network, nodes, b => done[b.After]) - computed) + agreement;
        return new PredictedStep(
            computed + wait + node.Update, wait, Exchange(network, nodes, _ => 0) + agreement);
    }

    private static IEnumerable<Gradient> Buckets(IEnumerable<Gradient> gradients)
    {
        var bucket = default(Gradient);
        foreach (Gradient gradient in gradients)
        {
            for (long left = gradient.Bytes; left > 0; left -= BucketBytes)
            {
                bucket = new Gradient(bucket.Bytes + Math.Min(left, BucketBytes), gradient.After);
                if (bucket.Bytes >= BucketBytes)
                {
                    yield return bucket;
                    bucket = default;
                }
            }
        }

        if (bucket.Bytes > 0)
        {
            yield return bucket;
        }
    }

    // At the end of a step each node tells each other one its losses: how many bytes they are, then the bytes.
    private static double Agreement(NetworkModel network, int nodes) => 2 * (network.Busy(64, nodes) + network.Latency);

    // Returns when the last bucket's sums have come.
    private double Exchange(NetworkModel network, int nodes, Func<Gradient, double> start)
    {
        var due = new PriorityQueue<(Gradient Bucket, Stage Stage), (double Time, int Order)>();
        int order = 0;
        foreach (Gradient bucket in buckets)
        {
            due.Enqueue((bucket, Stage.Scatter), (start(bucket), order++));
        }

        double linkIsFree = 0, threadIsFree = 0, end = 0;
        while (due.TryDequeue(out (Gradient Bucket, Stage Stage) work, out (double Time, int Order) since))
        {
            double slice = (double)work.Bucket.Bytes / nodes;
            if (work.Stage == Stage.Add)
            {
                threadIsFree = Math.Max(since.Time, threadIsFree) + ((nodes - 1) * slice / addedPerSecond);
                due.Enqueue((work.Bucket, Stage.Gather), (threadIsFree, since.Order));
                continue;
            }

            linkIsFree = Math.Max(since.Time, linkIsFree) + network.Busy(slice, nodes);
            end = linkIsFree + network.Latency;
            if (work.Stage == Stage.Scatter)
            {
                due.Enqueue((work.Bucket, Stage.Add), (end, since.Order));
            }
        }

        return end;
    }
}
