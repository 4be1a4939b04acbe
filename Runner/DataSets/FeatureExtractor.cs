using Cnn.Engine.Graph;
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
    /// <param name="format">What to write.</param>
    /// <param name="progress">Receives progress after every pass, in batches; may be null.</param>
    /// <param name="cancel">Cancels the extraction; nothing is left then.</param>
    /// <exception cref="CnnException">
    /// A blob is unknown, its items do not fit the format or change their shape, or a target exists already or cannot
    /// be written.
    /// </exception>
    public static void Extract(
        Net net,
        IReadOnlyList<string> blobs,
        IReadOnlyList<string> targets,
        int batches,
        FeatureFormat format = FeatureFormat.Lmdb,
        IProgress<WriteProgress>? progress = null,
        CancellationToken cancel = default)
    {
        RequirePairs(blobs, targets, batches);
        Blob[] sources = [.. blobs.Select(net.FindBlob)];
        Blob? labels = format == FeatureFormat.Hdf5 && net.Blobs.TryGetValue(Labels, out Blob? found) ? found : null;
        net.Reshape();
        var writers = new List<FeatureWriter>();
        try
        {
            for (int i = 0; i < sources.Length; i++)
            {
                writers.Add(format == FeatureFormat.Lmdb
                    ? new LmdbFeatureWriter(targets[i], blobs[i], sources[i])
                    : new Hdf5FeatureWriter(targets[i], blobs[i], sources[i], labels, batches));
            }

            string name = string.Join(", ", blobs);
            for (int batch = 0; batch < batches; batch++)
            {
                progress?.Report(new WriteProgress(name, batch, batches));
                cancel.ThrowIfCancellationRequested();
                net.Forward();
                writers.ForEach(writer => writer.Append());
            }

            writers.ForEach(writer => writer.Commit());
            progress?.Report(new WriteProgress(name, batches, batches));
        }
        finally
        {
            writers.ForEach(writer => writer.Dispose());
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
