using System.Globalization;
using System.Security.Cryptography;
using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Google.Protobuf;
using Serilog;

namespace Cnn.Engine.Snapshots;

/// <summary>
/// The files of a snapshot: <c>PREFIX_iter_N.caffemodel</c> and <c>PREFIX_iter_N.solverstate</c>, with the suffix of
/// the format after both. Each is written under a temporary name and renamed when it is on disk, the weights first, so
/// a solver state always names complete weights.
/// </summary>
internal static class SnapshotFiles
{
    private const string ModelSuffix = ".caffemodel", StateSuffix = ".solverstate";

    private static readonly string LongestEnd =
        "_iter_2147483647" + StateSuffix + SnapshotFormats.All.MaxBy(format => format.Suffix.Length)!.Suffix;

    /// <summary>Creates the folder of a prefix if necessary and checks that files can be written there.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="at">The location of the prefix in the definition; null when unknown.</param>
    /// <exception cref="CnnException">They cannot be written.</exception>
    public static void ProbeWritable(string prefix, SourceLocation? at = null)
    {
        if (PathText.Fault(prefix + LongestEnd) is { } fault)
        {
            throw new CnnException(new Diagnostic($"snapshot_prefix: {fault}", at));
        }

        string folder = FolderOf(prefix);
        try
        {
            OutputFolder.Create(folder);
            TemporaryFile.Probe(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CnnException(
                $"snapshots cannot be written to '{folder}': {FileErrors.Reason(exception)}",
                "give a snapshot_prefix in a folder that can be written to",
                exception);
        }
    }

    /// <summary>Checks that a net can be written in the solver's format.</summary>
    /// <exception cref="CnnException">It cannot be written.</exception>
    public static void RequireWritable(SolverParameter definition, Net net) =>
        SnapshotFormats.Of(definition.SnapshotFormat).RequireNames(net.Layers.Select(layer => layer.Name));

    /// <summary>Returns the paths of the two files of a snapshot.</summary>
    public static (string Weights, string State) PathsOf(SolverParameter definition, int iteration)
    {
        string stem = string.Create(CultureInfo.InvariantCulture, $"{definition.SnapshotPrefix}_iter_{iteration}");
        string suffix = SnapshotFormats.Of(definition.SnapshotFormat).Suffix;
        return (stem + ModelSuffix + suffix, stem + StateSuffix + suffix);
    }

    /// <summary>Writes a snapshot.</summary>
    /// <returns>What was written.</returns>
    /// <exception cref="TrainingException">It cannot be written; earlier snapshots are unchanged.</exception>
    public static WrittenSnapshot Write(SolverParameter definition, Net net, SnapshotState state, ILogger? log)
    {
        ISnapshotFormat format = SnapshotFormats.Of(definition.SnapshotFormat);
        var (modelPath, statePath) = PathsOf(definition, state.Iteration);
        try
        {
            log?.Information("{Line:l}", $"Snapshotting to {format.Name} file {modelPath}");
            byte[] digest = WriteWeights(definition, net, modelPath);
            log?.Information("{Line:l}", $"Snapshotting solver state to {format.Name} file {statePath}");
            SolverState stored = ToMessage(state, modelPath, digest);
            SnapshotArray[] history = [.. state.Histories.Select(blob => new BlobSource(blob))];
            byte[] stateDigest = Write(
                statePath, stream => format.WriteState(stored, history, stream), isHashed: definition.SnapshotKeep > 0);
            return new WrittenSnapshot(statePath, digest, stateDigest);
        }
        catch (CnnException exception)
        {
            throw new TrainingException(
                $"the snapshot of iteration {state.Iteration} cannot be written: {exception.Message}; "
                + "earlier ones are whole",
                exception);
        }
    }

    /// <summary>Writes the weights that early stopping found best: <c>PREFIX_best.caffemodel</c>.</summary>
    /// <returns>The path.</returns>
    /// <exception cref="TrainingException">They cannot be written; those written before are unchanged.</exception>
    public static string WriteBest(SolverParameter definition, Net net)
    {
        string path =
            $"{definition.SnapshotPrefix}_best{ModelSuffix}{SnapshotFormats.Of(definition.SnapshotFormat).Suffix}";
        try
        {
            WriteWeights(definition, net, path);
            return path;
        }
        catch (CnnException exception)
        {
            throw new TrainingException($"the best weights cannot be written: {exception.Message}", exception);
        }
    }

    /// <summary>Finds the newest snapshot of a prefix whose two files are complete; null when there is none.</summary>
    public static string? FindLatest(string prefix)
    {
        if (PathText.Fault(prefix + LongestEnd) is not null)
        {
            return null;
        }

        string folder = FolderOf(prefix);
        if (!Directory.Exists(folder))
        {
            return null;
        }

        string start = Path.GetFileName(prefix) + "_iter_";
        var found = new SortedDictionary<int, string>(Comparer<int>.Create((a, b) => b.CompareTo(a)));
        foreach (string path in Directory.EnumerateFiles(folder, start + "*" + StateSuffix + "*"))
        {
            string number = SnapshotFormats.WithoutSuffix(Path.GetFileName(path)[start.Length..]);
            number = number.EndsWith(StateSuffix, StringComparison.Ordinal) ? number[..^StateSuffix.Length] : "";
            if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int iteration))
            {
                found[iteration] = path;
            }
        }

        return found.Values.FirstOrDefault(IsWhole);
    }

    /// <summary>Finds the weights that a state names: beside the state, else at the path as written.</summary>
    /// <exception cref="CnnException">They do not exist.</exception>
    public static string FindWeights(string statePath, string learnedNet)
    {
        string folder = Path.GetDirectoryName(statePath) ?? "";
        string beside = Path.Combine(folder, Path.GetFileName(learnedNet));
        string ofAnySystem = Path.Combine(folder, PathResolver.LastPart(learnedNet));
        return File.Exists(beside) ? beside
            : File.Exists(learnedNet) ? learnedNet
            : File.Exists(ofAnySystem) ? ofAnySystem
            : throw new CnnException(
                $"{statePath}: names the weights '{learnedNet}', which do not exist",
                "put them beside the solver state");
    }

    private static bool IsWhole(string statePath)
    {
        try
        {
            using StateFile state = StateFile.Open(statePath);
            if (state.LearnedNet is null)
            {
                return false;
            }

            string weights = FindWeights(statePath, state.LearnedNet);
            if (!state.Extensions.HasLearnedNetSha256)
            {
                // Caffe's own snapshots carry no digest: all that can be checked is that the file can be read.
                using WeightsFile file = WeightsFile.Open(weights);
                return true;
            }

            using FileStream stream = File.OpenRead(weights);
            return state.Extensions.LearnedNetSha256.Span.SequenceEqual(SHA256.HashData(stream));
        }
        catch (Exception exception) when (exception is CnnException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static SolverState ToMessage(SnapshotState state, string modelPath, byte[] digest)
    {
        var stored = new SolverState
        {
            Iter = state.Iteration,
            SolverType = state.SolverType,
            LearnedNet = modelPath,
            CurrentStep = state.CurrentStep,
            LearnedNetSha256 = ByteString.CopyFrom(digest),
        };
        if (state.EarlyStopping is not null)
        {
            stored.EarlyStopping = state.EarlyStopping;
        }

        if (state.Plateau is not null)
        {
            stored.Plateau = state.Plateau;
        }

        if (state.Seed is { } seed)
        {
            stored.RandomSeed = seed;
        }

        stored.LayerState.AddRange(state.LayerStates);
        stored.KeptSnapshot.AddRange(state.Kept);
        return stored;
    }

    private static byte[] WriteWeights(SolverParameter definition, Net net, string path)
    {
        ISnapshotFormat format = SnapshotFormats.Of(definition.SnapshotFormat);
        return Write(
            path, stream => format.WriteWeights(NetSource.Of(net), definition.SnapshotDiff, stream), isHashed: true);
    }

    private static byte[] Write(string path, Action<Stream> write, bool isHashed)
    {
        byte[] digest = [];
        AtomicFile.Write(path, stream =>
        {
            write(stream);
            if (!isHashed)
            {
                return;
            }

            // A format may go back to fill in addresses, so a file can be hashed only when it is complete.
            stream.Position = 0;
            digest = SHA256.HashData(stream);
        });
        return digest;
    }

    // The appended character makes a prefix that is empty or ends in a slash name its folder too.
    private static string FolderOf(string prefix) => Path.GetDirectoryName(Path.GetFullPath(prefix + "_"))!;
}
