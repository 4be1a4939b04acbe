using System.Globalization;
using System.Security.Cryptography;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Runner.Graph;
using Cnn.Runner.Solvers;
using Google.Protobuf;
using Serilog;

namespace Cnn.Runner.Snapshots;

/// <summary>
/// The files of a snapshot: <c>PREFIX_iter_N.caffemodel</c> and <c>PREFIX_iter_N.solverstate</c>. Each is written beside
/// its final name and renamed when it is on disk, the weights first, so a solver state always names weights that are whole.
/// </summary>
internal static class SnapshotFiles
{
    private const string ModelSuffix = ".caffemodel", StateSuffix = ".solverstate";

    /// <summary>Makes the folder of a prefix if need be and checks that files can be written there.</summary>
    /// <exception cref="CnnException">They cannot.</exception>
    public static void ProbeWritable(string prefix)
    {
        string folder = FolderOf(prefix);
        string probe = Path.Combine(folder, $".cnn-probe-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CnnException(
                $"snapshots cannot be written to '{folder}': {exception.Message}",
                "give a snapshot_prefix in a folder that can be written to",
                exception);
        }
    }

    /// <summary>Writes a snapshot.</summary>
    /// <returns>The path of the solver state.</returns>
    /// <exception cref="TrainingException">It cannot be written; earlier snapshots are as they were.</exception>
    public static string Write(SolverParameter definition, Net net, SnapshotState state, ILogger? log)
    {
        string stem = string.Create(CultureInfo.InvariantCulture, $"{definition.SnapshotPrefix}_iter_{state.Iteration}");
        string modelPath = stem + ModelSuffix, statePath = stem + StateSuffix;
        try
        {
            log?.Information("{Line:l}", $"Snapshotting to binary proto file {modelPath}");
            byte[] digest = WriteHashed(modelPath, net.ToProto(definition.SnapshotDiff));
            log?.Information("{Line:l}", $"Snapshotting solver state to binary proto file {statePath}");
            var stored = new SolverState
            {
                Iter = state.Iteration,
                LearnedNet = modelPath,
                CurrentStep = state.CurrentStep,
                LearnedNetSha256 = ByteString.CopyFrom(digest),
            };
            if (state.Seed is { } seed)
            {
                stored.RandomSeed = seed;
            }

            stored.History.AddRange(state.Histories.Select(blob => BlobFormat.Write(blob)));
            AtomicFile.Write(statePath, stored.WriteTo);
            return statePath;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TrainingException(
                $"the snapshot of iteration {state.Iteration} cannot be written: {exception.Message}; earlier ones are whole",
                exception);
        }
    }

    /// <summary>The newest snapshot of a prefix whose two files are whole; null when there is none.</summary>
    public static string? FindLatest(string prefix)
    {
        string folder = FolderOf(prefix);
        if (!Directory.Exists(folder))
        {
            return null;
        }

        string start = Path.GetFileName(prefix) + "_iter_";
        var found = new SortedDictionary<int, string>(Comparer<int>.Create((a, b) => b.CompareTo(a)));
        foreach (string path in Directory.EnumerateFiles(folder, start + "*" + StateSuffix))
        {
            string number = Path.GetFileName(path)[start.Length..^StateSuffix.Length];
            if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int iteration))
            {
                found[iteration] = path;
            }
        }

        return found.Values.FirstOrDefault(IsWhole);
    }

    /// <summary>Where the weights are that a state names: as written, else beside the state.</summary>
    /// <exception cref="CnnException">They are not there.</exception>
    public static string FindWeights(string statePath, SolverState state)
    {
        string beside = Path.Combine(Path.GetDirectoryName(statePath) ?? "", Path.GetFileName(state.LearnedNet));
        return File.Exists(beside) ? beside
            : File.Exists(state.LearnedNet) ? state.LearnedNet
            : throw new CnnException(
                $"{statePath}: names the weights '{state.LearnedNet}', which do not exist",
                "put them beside the solver state");
    }

    private static bool IsWhole(string statePath)
    {
        try
        {
            SolverState state = ProtoFile.LoadBinary<SolverState>(statePath);
            string weights = FindWeights(statePath, state);
            if (!state.HasLearnedNetSha256)
            {
                // Caffe's own snapshots carry no digest; that they parse is all that can be asked.
                return state.HasIter && ProtoFile.LoadBinary<NetParameter>(weights).Layer.Count > 0;
            }

            using FileStream stream = File.OpenRead(weights);
            return state.LearnedNetSha256.Span.SequenceEqual(SHA256.HashData(stream));
        }
        catch (Exception exception) when (exception is CnnException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static byte[] WriteHashed(string path, NetParameter net)
    {
        byte[] digest = [];
        AtomicFile.Write(path, stream =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var hashing = new HashingStream(stream, hash);
            net.WriteTo(hashing);
            hashing.Flush();
            digest = hash.GetHashAndReset();
        });
        return digest;
    }

    private static string FolderOf(string prefix) => Path.GetDirectoryName(Path.GetFullPath(prefix))!;
}
