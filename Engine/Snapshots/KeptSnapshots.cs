using System.Security.Cryptography;
using Cnn.Proto;
using Google.Protobuf;
using Serilog;

namespace Cnn.Engine.Snapshots;

/// <summary>
/// The snapshots that this run wrote, of which <c>snapshot_keep</c> keeps the newest and the one with the best score.
/// Only a file whose digest is that of what the run wrote is deleted; one that somebody changed is left alone. A solver
/// state lists the snapshots before it, so a resumed run knows which are its own.
/// </summary>
/// <param name="definition">The solver's definition.</param>
/// <param name="isHigherBetter">Whether a higher score is better.</param>
/// <param name="log">The log; null for none.</param>
internal sealed class KeptSnapshots(SolverParameter definition, bool isHigherBetter, ILogger? log)
{
    // By rising iteration.
    private readonly List<KeptSnapshot> kept = [];

    // Spares hashing files again that have not been touched since.
    private readonly Dictionary<string, FileStamp> known = [];

    /// <summary>Whether snapshots are ever deleted.</summary>
    public bool IsActive => definition.SnapshotKeep > 0;

    /// <summary>The snapshots that are kept, for a solver state.</summary>
    public IReadOnlyList<KeptSnapshot> Entries => IsActive ? kept : [];

    /// <summary>Takes over the snapshots of a run that is resumed.</summary>
    /// <param name="path">The solver state that it is resumed from.</param>
    /// <param name="iteration">The iteration of that state.</param>
    /// <param name="state">What the state says beyond Caffe's.</param>
    public void Restore(string path, int iteration, SolverState state)
    {
        if (!IsActive || !state.HasLearnedNetSha256)
        {
            return;
        }

        kept.AddRange(state.KeptSnapshot);
        Add(iteration, state.LearnedNetSha256, ByteString.CopyFrom(DigestOf(path) ?? []));
    }

    /// <summary>Adds a snapshot that is on the disk.</summary>
    public void Add(int iteration, WrittenSnapshot written)
    {
        if (IsActive)
        {
            Add(
                iteration,
                ByteString.CopyFrom(written.WeightsDigest),
                ByteString.CopyFrom(written.StateDigest));
        }
    }

    /// <summary>Sets the score of the snapshot of an iteration, if there is one.</summary>
    public void Score(int iteration, double score)
    {
        if (kept.Find(k => k.Iter == iteration) is { } scored && double.IsFinite(score))
        {
            scored.Score = score;
        }
    }

    /// <summary>Deletes the snapshots that are neither among the newest nor the best.</summary>
    public void Prune()
    {
        if (!IsActive)
        {
            return;
        }

        KeptSnapshot? best = Best();
        int whole = 0;
        for (int i = kept.Count - 1; i >= 0; i--)
        {
            KeptSnapshot entry = kept[i];
            if (whole < definition.SnapshotKeep)
            {
                // One that is not whole any more stays until enough newer ones are.
                whole += IsWhole(entry) ? 1 : 0;
            }
            else if (entry != best && TryDelete(entry))
            {
                kept.RemoveAt(i);
            }
        }
    }

    private void Add(int iteration, ByteString weights, ByteString state)
    {
        kept.RemoveAll(k => k.Iter >= iteration);
        kept.Add(new KeptSnapshot { Iter = iteration, WeightsSha256 = weights, StateSha256 = state });
    }

    private KeptSnapshot? Best()
    {
        var scored = kept.Where(k => k.HasScore);
        return isHigherBetter ? scored.MaxBy(k => k.Score) : scored.MinBy(k => k.Score);
    }

    private bool IsWhole(KeptSnapshot entry)
    {
        var (weights, state) = SnapshotFiles.PathsOf(definition, entry.Iter);
        return IsAsWritten(weights, entry.WeightsSha256) == true && IsAsWritten(state, entry.StateSha256) == true;
    }

    // Deletes the state first, so that no state names weights that are gone. Returns false where a later try may help.
    private bool TryDelete(KeptSnapshot entry)
    {
        var (weights, state) = SnapshotFiles.PathsOf(definition, entry.Iter);
        known.Remove(weights);
        known.Remove(state);
        try
        {
            bool? stateIsOurs = IsOursOrGone(state, entry.StateSha256);
            bool? weightsAreOurs = IsOursOrGone(weights, entry.WeightsSha256);
            if (stateIsOurs is null || weightsAreOurs is null)
            {
                return false;
            }

            if (stateIsOurs == true && weightsAreOurs == true)
            {
                File.Delete(state);
                File.Delete(weights);
            }
            else
            {
                log?.Information("{Line:l}", $"{state} or its weights were changed by somebody else; they stay");
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log?.Warning("{Line:l}", $"{state} cannot be deleted: {FileErrors.Reason(exception)}");
            return false;
        }
    }

    private bool? IsOursOrGone(string path, ByteString digest) => File.Exists(path) ? IsAsWritten(path, digest) : true;

    // Returns null for a file that cannot be read.
    private bool? IsAsWritten(string path, ByteString digest)
    {
        var file = new FileInfo(path);
        if (!file.Exists || file.LinkTarget is not null)
        {
            return false;
        }

        var stamp = new FileStamp(file.Length, file.LastWriteTimeUtc, digest);
        if (known.TryGetValue(path, out FileStamp before) && before == stamp)
        {
            return true;
        }

        if (DigestOf(path) is not { } found)
        {
            return null;
        }

        bool isSame = digest.Span.SequenceEqual(found);
        if (isSame)
        {
            known[path] = stamp;
        }

        return isSame;
    }

    // Returns null for a file that cannot be read.
    private static byte[]? DigestOf(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return SHA256.HashData(stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private readonly record struct FileStamp(long Length, DateTime Written, ByteString Digest);
}
