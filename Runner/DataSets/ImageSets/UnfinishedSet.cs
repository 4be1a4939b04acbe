using System.Security.Cryptography;
using System.Text;
using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;

namespace Cnn.Runner.DataSets.ImageSets;

/// <summary>
/// A database that is being written, in the folder <c>PATH.partial</c>: the pages so far, and a state from which
/// another process can go on. What is written after the last state is lost when the process is killed, and nothing
/// else.
/// </summary>
internal sealed class UnfinishedSet : IDisposable
{
    private const string StateName = "state";
    private const int BytesWithoutRecords = 2 * 4096;
    private const ulong Magic = 0x31_5453_4E4E_43; // "CNNST1"

    private readonly string path, partial;
    private readonly byte[] fingerprint;
    private bool isKept, isCommitted;

    private UnfinishedSet(string path, byte[] fingerprint)
    {
        this.path = path;
        this.fingerprint = fingerprint;
        partial = PartialOf(path);
        if (File.Exists(StateFile))
        {
            Writer = ReadState();
            isKept = true;
        }
        else
        {
            Writer = Create();
        }
    }

    /// <summary>The database.</summary>
    public LmdbWriter Writer { get; }

    /// <summary>The first image that is neither in the database nor skipped.</summary>
    public long Next { get; set; }

    /// <summary>The images before <see cref="Next"/> that are not in the database.</summary>
    public long Skipped { get; set; }

    /// <summary>The size of the first image in the database.</summary>
    public ImageShape? Shape { get; set; }

    private string StateFile => Path.Combine(partial, StateName);

    /// <summary>Returns where a database is until it is finished.</summary>
    public static string PartialOf(string path) => Path.TrimEndingDirectorySeparator(path) + ".partial";

    /// <summary>Begins a database, or goes on with one.</summary>
    /// <param name="path">The folder that it becomes.</param>
    /// <param name="fingerprint">What the database is made of; one that goes on must have the same.</param>
    /// <param name="resume">Whether to go on with an unfinished one if there is one.</param>
    /// <exception cref="CnnException">
    /// The path exists, there is an unfinished one and it is not to be resumed, is of other images or is damaged, or
    /// nothing can be written there.
    /// </exception>
    public static UnfinishedSet Open(string path, byte[] fingerprint, bool resume)
    {
        string partial = PartialOf(path);
        PathText.Require(partial);
        if (Path.Exists(Path.TrimEndingDirectorySeparator(path)))
        {
            throw new CnnException($"'{path}' exists already", "remove it or write to another name");
        }

        if (Path.Exists(partial) && !resume)
        {
            throw new CnnException(
                $"'{partial}' is an unfinished conversion", "go on with it by --resume, or remove it");
        }

        if (Path.Exists(partial) && !File.Exists(Path.Combine(partial, StateName)) && !IsJustBegun(partial))
        {
            throw new CnnException($"'{partial}' is no unfinished conversion: it has no {StateName}", "remove it");
        }

        try
        {
            var set = new UnfinishedSet(path, fingerprint);
            set.SaveFirst();
            return set;
        }
        catch (Exception exception) when (FileErrors.From(partial, "write", exception) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Makes what is finished so far outlast this process, if the records came in order.</summary>
    /// <exception cref="CnnException">It cannot be written.</exception>
    public void Save()
    {
        if (!Writer.CanSuspend)
        {
            return;
        }

        var state = new MemoryStream();
        using var to = new BinaryWriter(state);
        to.Write(Magic);
        to.Write(fingerprint);
        to.Write(Next);
        to.Write(Skipped);
        ImageShape shape = Shape ?? default;
        to.Write(shape.Channels);
        to.Write(shape.Height);
        to.Write(shape.Width);
        Writer.Suspend(state);
        to.Write(SHA256.HashData(state.GetBuffer().AsSpan(0, (int)state.Length)));
        AtomicFile.Write(StateFile, state.WriteTo);
        isKept = true;
    }

    /// <summary>Forgets what is finished; it is removed at the end.</summary>
    public void Discard() => isKept = false;

    /// <summary>Completes the database and gives it its name.</summary>
    /// <exception cref="CnnException">It cannot be written.</exception>
    public void Commit()
    {
        // Processes that were killed may have left their unfinished states.
        foreach (string left in Directory.EnumerateFiles(partial, ".*.part"))
        {
            File.Delete(left);
        }

        Writer.Commit();
        isCommitted = true;
        File.Delete(Path.Combine(path, StateName));
    }

    /// <summary>Closes the files, and removes them unless they are finished or can be gone on with.</summary>
    public void Dispose()
    {
        Writer.Dispose();
        if (!isCommitted && !isKept && Directory.Exists(partial))
        {
            Directory.Delete(partial, recursive: true);
        }
    }

    // The process was killed before it wrote the first state, so there are no records.
    private static bool IsJustBegun(string partial) =>
        Directory.Exists(partial) && Directory.EnumerateFileSystemEntries(partial).All(IsOfBeginning);

    private static bool IsOfBeginning(string path)
    {
        string name = Path.GetFileName(path);
        return File.Exists(path)
            && ((name == "data.mdb" && new FileInfo(path).Length <= BytesWithoutRecords)
                || (name.StartsWith($".{StateName}.", StringComparison.Ordinal)
                    && name.EndsWith(".part", StringComparison.Ordinal)));
    }

    private LmdbWriter Create()
    {
        Directory.CreateDirectory(partial);
        try
        {
            return LmdbWriter.CreateIn(path, partial);
        }
        catch
        {
            Directory.Delete(partial, recursive: true);
            throw;
        }
    }

    private void SaveFirst()
    {
        try
        {
            Save();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private LmdbWriter ReadState()
    {
        byte[] bytes = FileText.ReadBytes(StateFile);
        int length = bytes.Length - SHA256.HashSizeInBytes;
        if (length < 0 || !SHA256.HashData(bytes.AsSpan(0, length)).AsSpan().SequenceEqual(bytes.AsSpan(length)))
        {
            throw new CnnException($"'{StateFile}' is damaged", $"remove '{partial}' and begin again");
        }

        using var from = new BinaryReader(new MemoryStream(bytes, 0, length), Encoding.UTF8);
        if (from.ReadUInt64() != Magic || !from.ReadBytes(fingerprint.Length).AsSpan().SequenceEqual(fingerprint))
        {
            throw new CnnException(
                $"'{partial}' was begun with another list or other options",
                "give the same ones, or remove it and begin again");
        }

        Next = from.ReadInt64();
        Skipped = from.ReadInt64();
        var shape = new ImageShape(from.ReadInt32(), from.ReadInt32(), from.ReadInt32());
        Shape = shape.Channels > 0 ? shape : null;
        return LmdbWriter.Resume(path, partial, from.BaseStream);
    }
}
