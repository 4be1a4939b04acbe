using Cnn.Engine.Distributed;
using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Runner.DataSets;

/// <summary>Writes what a net computes for its data to files, as Caffe's <c>extract_features</c> does.</summary>
public static class FeatureExtractor
{
    private const string Labels = "label";

    /// <summary>
    /// Runs a net and writes the items of each blob to a file of its own, in the order of the data. LMDB gets a Datum
    /// of floats for each item, of the blob's channels, height and width, without a label, its position as a key of
    /// ten digits. HDF5 gets the dataset <c>data</c>, in the blob's shape with all items along the first axis, and
    /// <c>label</c> if the net has a blob of that name.
    /// </summary>
    /// <param name="net">The net; it reads its data itself.</param>
    /// <param name="blobs">The blobs; a net built for inference has to keep them.</param>
    /// <param name="targets">The database or file to create for each blob.</param>
    /// <param name="batches">The passes to run, at least 1.</param>
    /// <param name="options">How to work; null for LMDB, in this process alone.</param>
    /// <param name="cancel">Cancels the extraction; nothing is left then.</param>
    /// <exception cref="CnnException">
    /// A blob is unknown, its items do not fit the format or change their shape, a target exists already or cannot be
    /// written, or the processes have other nets or data than each other.
    /// </exception>
    /// <exception cref="OperationCanceledException">It is cancelled, in one of the processes.</exception>
    public static void Extract(
        Net net,
        IReadOnlyList<string> blobs,
        IReadOnlyList<string> targets,
        int batches,
        FeatureOptions? options = null,
        CancellationToken cancel = default)
    {
        options ??= new FeatureOptions();
        ProcessGroup? processes = options.Processes;
        string name = string.Join(", ", blobs);
        Blob? labels = options.Format == FeatureFormat.Hdf5 && net.Blobs.TryGetValue(Labels, out Blob? found)
            ? found
            : null;
        var writers = new List<FeatureWriter>();
        try
        {
            BatchRun run = processes.TogetherOrAlone(Prepare);
            if (processes is not null)
            {
                RankComparison.Require(processes, net, run.BlobNames, batches);
            }

            if (!run.Run(net.Clock.Pass, batches, Append))
            {
                processes.TogetherOrAlone(() => throw new OperationCanceledException(cancel));
            }

            processes.TogetherOrAlone(() => writers.ForEach(writer => writer.Commit()));
            options.Progress?.Report(new WriteProgress(name, batches, batches));
        }
        finally
        {
            writers.ForEach(writer => writer.Dispose());
        }

        BatchRun Prepare()
        {
            RequirePairs(blobs, targets, batches);
            var run = new BatchRun(net, labels is null ? blobs : [.. blobs, Labels], processes)
            {
                GoesNoFurther = GoesNoFurther,
            };
            net.Reshape();
            bool isRoot = processes is null or { IsRoot: true };
            for (int i = 0; i < blobs.Count && isRoot; i++)
            {
                writers.Add(Create(targets[i], blobs[i], net.FindBlob(blobs[i])));
            }

            return run;
        }

        bool GoesNoFurther(int done)
        {
            options.Progress?.Report(new WriteProgress(name, done, batches));
            return cancel.IsCancellationRequested;
        }

        FeatureWriter Create(string target, string blob, Blob items) => options.Format == FeatureFormat.Lmdb
            ? new LmdbFeatureWriter(target, blob, items)
            : new Hdf5FeatureWriter(target, blob, items, labels, batches);

        void Append(NetBatch batch)
        {
            for (int i = 0; i < writers.Count; i++)
            {
                writers[i].Append(batch.Blobs[i], labels is null ? null : batch.Blobs[^1]);
            }
        }
    }

    private static void RequirePairs(IReadOnlyList<string> blobs, IReadOnlyList<string> targets, int batches)
    {
        if (blobs.Count == 0 || blobs.Count != targets.Count)
        {
            throw new CnnException(
                $"{blobs.Count} blobs and {targets.Count} targets are named", "name one target for each blob");
        }

        foreach (string target in targets)
        {
            PathText.Require(target);
        }

        if (targets.GroupBy(Path.GetFullPath).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new CnnException($"'{twice.First()}' is the target of several blobs", "name one for each blob");
        }

        if (batches < 1)
        {
            throw new CnnException($"cannot extract the features of {batches} batches", "choose 1 or more");
        }
    }
}
