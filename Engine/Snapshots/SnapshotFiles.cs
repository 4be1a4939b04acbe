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
/// The files of a snapshot: <c>PREFIX_iter_N.caffemodel</c> and <c>PREFIX_iter_N.solverstate</c>, with <c>.h5</c> after
/// both in the HDF5 format. Each is written beside its final name and renamed when it is on disk, the weights first, so a
/// solver state always names weights that are whole.
/// </summary>
internal static class SnapshotFiles
{
    private const string ModelSuffix = ".caffemodel", StateSuffix = ".solverstate", Hdf5Suffix = ".h5";
    private const string LongestEnd = "_iter_2147483647" + StateSuffix + Hdf5Suffix;

    /// <summary>Makes the folder of a prefix if need be and checks that files can be written there.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="at">Where it is written; null when that is not known.</param>
    /// <exception cref="CnnException">They cannot.</exception>
    public static void ProbeWritable(string prefix, SourceLocation? at = null)
    {
        if (PathText.Fault(prefix + LongestEnd) is { } fault)
        {
            throw new CnnException(new Diagnostic($"snapshot_prefix: {fault}", at));
        }

        string folder = FolderOf(prefix);
        try
        {
            Directory.CreateDirectory(folder);
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
    /// <exception cref="CnnException">It cannot.</exception>
    public static void RequireWritable(SolverParameter definition, Net net)
    {
        if (definition.SnapshotFormat == SolverParameter.Types.SnapshotFormat.Hdf5)
        {
            Hdf5Snapshot.RequireNames(net);
        }
    }

    /// <summary>Writes a snapshot.</summary>
    /// <returns>The path of the solver state.</returns>
    /// <exception cref="TrainingException">It cannot be written; earlier snapshots are as they were.</exception>
    public static string Write(SolverParameter definition, Net net, SnapshotState state, ILogger? log)
    {
        string stem = string.Create(CultureInfo.InvariantCulture, $"{definition.SnapshotPrefix}_iter_{state.Iteration}");
        bool isHdf5 = definition.SnapshotFormat == SolverParameter.Types.SnapshotFormat.Hdf5;
        string kind = isHdf5 ? "HDF5" : "binary proto", end = isHdf5 ? Hdf5Suffix : "";
        string modelPath = stem + ModelSuffix + end, statePath = stem + StateSuffix + end;
        try
        {
            log?.Information("{Line:l}", $"Snapshotting to {kind} file {modelPath}");
            byte[] digest = WriteWeights(definition, net, modelPath);
            log?.Information("{Line:l}", $"Snapshotting solver state to {kind} file {statePath}");
            SolverState stored = ToMessage(state, modelPath, digest);
            AtomicFile.Write(statePath, stream =>
            {
                if (isHdf5)
                {
                    Hdf5Snapshot.WriteState(stored, state.Histories, stream);
                }
                else
                {
                    BinarySnapshot.WriteState(stored, state.Histories, stream);
                }
            });
            return statePath;
        }
        catch (CnnException exception)
        {
            throw new TrainingException(
                $"the snapshot of iteration {state.Iteration} cannot be written: {exception.Message}; earlier ones are whole",
                exception);
        }
    }

    /// <summary>Writes the weights that early stopping found best: <c>PREFIX_best.caffemodel</c>.</summary>
    /// <returns>The path.</returns>
    /// <exception cref="TrainingException">They cannot be written; those written before are as they were.</exception>
    public static string WriteBest(SolverParameter definition, Net net)
    {
        string path = $"{definition.SnapshotPrefix}_best{ModelSuffix}"
            + (definition.SnapshotFormat == SolverParameter.Types.SnapshotFormat.Hdf5 ? Hdf5Suffix : "");
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

    /// <summary>The newest snapshot of a prefix whose two files are whole; null when there is none.</summary>
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
            string name = Path.GetFileName(path)[start.Length..];
            string number = name.EndsWith(Hdf5Suffix, StringComparison.Ordinal) ? name[..^Hdf5Suffix.Length] : name;
            number = number.EndsWith(StateSuffix, StringComparison.Ordinal) ? number[..^StateSuffix.Length] : "";
            if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int iteration))
            {
                found[iteration] = path;
            }
        }

        return found.Values.FirstOrDefault(IsWhole);
    }

    /// <summary>Where the weights are that a state names: beside the state, else as written.</summary>
    /// <exception cref="CnnException">They are not there.</exception>
    public static string FindWeights(string statePath, string learnedNet)
    {
        string folder = Path.GetDirectoryName(statePath) ?? "";
        string beside = Path.Combine(folder, Path.GetFileName(learnedNet));
        string ofAnySystem = Path.Combine(folder, PathResolver.LastPart(learnedNet));
        return File.Exists(beside) ? beside
            : File.Exists(learnedNet) ? learnedNet
            : File.Exists(ofAnySystem) ? ofAnySystem
            : throw new CnnException(
                $"{statePath}: names the weights '{learnedNet}', which do not exist", "put them beside the solver state");
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
                // Caffe's own snapshots carry no digest; that they can be read is all that can be asked.
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
            LearnedNet = modelPath,
            CurrentStep = state.CurrentStep,
            LearnedNetSha256 = ByteString.CopyFrom(digest),
        };
        if (state.EarlyStopping is not null)
        {
            stored.EarlyStopping = state.EarlyStopping;
        }

        if (state.Seed is { } seed)
        {
            stored.RandomSeed = seed;
        }

        stored.LayerState.AddRange(state.LayerStates);
        return stored;
    }

    private static byte[] WriteWeights(SolverParameter definition, Net net, string path) => WriteHashed(path, stream =>
    {
        if (definition.SnapshotFormat == SolverParameter.Types.SnapshotFormat.Hdf5)
        {
            Hdf5Snapshot.WriteWeights(net, definition.SnapshotDiff, stream);
        }
        else
        {
            BinarySnapshot.WriteWeights(net, definition.SnapshotDiff, stream);
        }
    });

    private static byte[] WriteHashed(string path, Action<Stream> write)
    {
        byte[] digest = [];
        AtomicFile.Write(path, stream =>
        {
            // HDF5 goes back to fill in addresses, so its file can be hashed only when it is complete.
            write(stream);
            stream.Flush();
            stream.Position = 0;
            digest = SHA256.HashData(stream);
        });
        return digest;
    }

    // With a letter after it, a prefix that is empty or ends in a slash names its folder too.
    private static string FolderOf(string prefix) => Path.GetDirectoryName(Path.GetFullPath(prefix + "_"))!;
}
