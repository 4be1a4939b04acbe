using System.Globalization;
using Cnn.Engine.Snapshots;
using Cnn.Engine.Solvers;
using Cnn.Engine.Weights;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Engine.Distributed;

/// <summary>
/// The weights or the snapshot that a run starts from, read by rank 0 alone and sent to the others, which keep copies
/// in a temporary folder. It is deleted when this is disposed of, which may be as soon as the solver is made.
/// </summary>
public sealed class RootFiles : IDisposable
{
    private const int PieceBytes = 4 << 20;

    private readonly ProcessGroup group;
    private string? folder;

    private RootFiles(ProcessGroup group, SolverOptions options) => (this.group, Options) = (group, options);

    /// <summary>The options for this process's solver: they name the files of rank 0 or their copies.</summary>
    public SolverOptions Options { get; private set; }

    /// <summary>
    /// Sends the files that rank 0's options name: the snapshot of <see cref="SolverOptions.ResumeFrom"/> and its
    /// weights, or <see cref="SolverOptions.Weights"/>, or what the definition's <c>weights</c> names. Every process
    /// calls it.
    /// </summary>
    /// <param name="group">The processes.</param>
    /// <param name="definition">The solver's definition.</param>
    /// <param name="options">The solver's options, which resume in all processes or in none.</param>
    /// <exception cref="CnnException">A file cannot be read or a copy cannot be written; in every process.</exception>
    public static RootFiles Share(ProcessGroup group, SolverDefinition definition, SolverOptions options)
    {
        var files = new RootFiles(group, options);
        try
        {
            files.Share(definition);
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (folder is null)
        {
            return;
        }

        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What is left is in the system's folder for temporary files.
        }

        folder = null;
    }

    private void Share(SolverDefinition definition)
    {
        string[] mine = group.Together(() => group.IsRoot ? PathsOf(definition) : []);
        string[] paths = group.GatherText(string.Join('\0', mine))[0]
            .Split('\0', StringSplitOptions.RemoveEmptyEntries);

        // The weights of a solver state are looked for beside it; the files of other weights may have one name.
        bool resumes = Options.ResumeFrom is not null;
        string[] local = [.. paths.Select((path, number) => Copy(path, resumes ? 0 : number))];
        Options = resumes ? Options with { ResumeFrom = local[0] } : Options with { Weights = local };
    }

    private string[] PathsOf(SolverDefinition definition)
    {
        if (Options.ResumeFrom is not { } statePath)
        {
            return StartingWeights.PathsOf(definition, Options);
        }

        using StateFile state = StateFile.Open(statePath);
        return state.LearnedNet is { } weights
            ? [statePath, SnapshotFiles.FindWeights(statePath, weights)]
            : [statePath];
    }

    // Returns the path of this process's copy; rank 0 uses the file itself.
    private string Copy(string path, int place)
    {
        string local = path;
        FileStream? file = null;
        try
        {
            group.Together(() => file = group.IsRoot ? Open(path) : Create(path, place, out local));
            byte[] piece = [];
            do
            {
                byte[] next = group.Together(() => group.IsRoot ? ReadPiece(file!) : WritePiece(file!, piece));
                piece = group.Gather(next)[0];
            }
            while (piece.Length > 0);
            return local;
        }
        finally
        {
            file?.Dispose();
        }
    }

    private FileStream Create(string path, int place, out string local)
    {
        try
        {
            folder ??= Directory.CreateTempSubdirectory("cnn-").FullName;
            string below = Path.Combine(folder, place.ToString(CultureInfo.InvariantCulture));
            Directory.CreateDirectory(below);
            local = Path.Combine(below, PathResolver.LastPart(path));
            return new FileStream(local, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception exception) when (NoCopy(path, exception) is { } error)
        {
            throw error;
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception exception) when (FileErrors.From(path, "read", exception) is { } error)
        {
            throw error;
        }
    }

    private static byte[] ReadPiece(FileStream file)
    {
        try
        {
            var piece = new byte[PieceBytes];
            return piece[..file.ReadAtLeast(piece, PieceBytes, throwOnEndOfStream: false)];
        }
        catch (Exception exception) when (FileErrors.From(file.Name, "read", exception) is { } error)
        {
            throw error;
        }
    }

    private static byte[] WritePiece(FileStream file, byte[] piece)
    {
        try
        {
            file.Write(piece);
            return [];
        }
        catch (Exception exception) when (NoCopy(Path.GetFileName(file.Name), exception) is { } error)
        {
            throw error;
        }
    }

    private static CnnException? NoCopy(string path, Exception exception) =>
        exception is IOException or UnauthorizedAccessException
            ? new CnnException(
                $"no copy of '{path}' can be written to '{Path.GetTempPath()}': {FileErrors.Reason(exception)}",
                "TMPDIR names another folder for temporary files",
                exception)
            {
                IsOfTheMachine = FileErrors.IsOfTheMachine(exception),
            }
            : null;
}
