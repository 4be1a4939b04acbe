using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Runner.Snapshots;

/// <summary>What a solver goes on from, beside the weights.</summary>
internal sealed record SnapshotState
{
    /// <summary>Updates done.</summary>
    public required int Iteration { get; init; }

    /// <summary>The step of the multistep policy.</summary>
    public required int CurrentStep { get; init; }

    /// <summary>The run's seed; null in snapshots that Caffe wrote.</summary>
    public required long? Seed { get; init; }

    /// <summary>The history blobs in the order of the file.</summary>
    public required IReadOnlyList<Blob> Histories { get; init; }

    /// <summary>The weights file that belongs to it, where it was found; null when the state names none.</summary>
    public string? WeightsPath { get; init; }

    /// <summary>Reads a binary solver state and finds the weights that it names.</summary>
    /// <exception cref="CnnException">A file is missing, damaged or of another kind.</exception>
    public static SnapshotState Load(string path)
    {
        if (path.EndsWith(".h5", StringComparison.Ordinal))
        {
            throw new CnnException($"{path}: HDF5 solver states cannot be read yet", "resume from a binary .solverstate");
        }

        SolverState stored = ProtoFile.LoadBinary<SolverState>(path);
        if (!stored.HasIter)
        {
            throw new CnnException($"{path}: is not a solver state: it has no iteration");
        }

        var histories = new List<Blob>();
        foreach (BlobProto proto in stored.History)
        {
            histories.Add(BlobFormat.ToBlob(proto, $"{path}: history blob {histories.Count}"));
        }

        return new SnapshotState
        {
            Iteration = stored.Iter,
            CurrentStep = stored.CurrentStep,
            Seed = stored.HasRandomSeed ? stored.RandomSeed : null,
            Histories = histories,
            WeightsPath = stored.HasLearnedNet ? SnapshotFiles.FindWeights(path, stored) : null,
        };
    }
}
