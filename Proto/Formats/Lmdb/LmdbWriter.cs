namespace Cnn.Proto.Formats.Lmdb;

/// <summary>
/// Writes a new LMDB environment (a folder with <c>data.mdb</c>) that Caffe and every LMDB library can open. Nothing
/// exists under the final name until <see cref="Commit"/>; what exists already is never overwritten.
/// </summary>
/// <remarks>
/// Records in ascending key order, which is how data sets are written, go straight into their pages. From the first
/// record out of order on, values are kept in a file beside the pages and keys in memory, and both are merged at the
/// end. As long as none was out of order, writing can be suspended and continued by another process.
/// </remarks>
public sealed class LmdbWriter : IDisposable
{
    private readonly string path;
    private readonly string partial;
    private readonly bool ownsPartial;
    private readonly List<Late> late = [];
    private LmdbTree? tree;
    private FileStream? lateValues;
    private bool committed;

    private LmdbWriter(string path, string partial, bool ownsPartial, LmdbTree tree)
    {
        this.path = path;
        this.partial = partial;
        this.ownsPartial = ownsPartial;
        this.tree = tree;
    }

    /// <summary>The number of records put so far.</summary>
    public long Count => (tree?.Count ?? 0) + late.Count;

    /// <summary>Whether <see cref="Suspend"/> is possible: all records so far came in order.</summary>
    public bool CanSuspend => late.Count == 0;

    /// <summary>The folder that becomes the database; files that belong to it can be put there.</summary>
    internal string Folder => partial;

    /// <summary>Starts a database.</summary>
    /// <param name="path">The folder to create.</param>
    /// <exception cref="CnnException">The path exists, or nothing can be written there.</exception>
    public static LmdbWriter Create(string path)
    {
        string full = NewPath(path);
        return Guarded(full, () =>
        {
            string partial = TemporaryFile.FolderBeside(full);
            try
            {
                return new LmdbWriter(full, partial, ownsPartial: true, new LmdbTree(DataFile(partial)));
            }
            catch
            {
                TemporaryFile.TryDeleteFolder(partial);
                throw;
            }
        });
    }

    /// <summary>
    /// Starts a database in a folder that stays when it is not completed, so that writing can be resumed.
    /// </summary>
    /// <param name="path">The folder that it becomes.</param>
    /// <param name="partial">The folder to write to, beside it; it exists.</param>
    /// <exception cref="CnnException">The path exists, or nothing can be written there.</exception>
    public static LmdbWriter CreateIn(string path, string partial)
    {
        string full = NewPath(path);
        return Guarded(full, () => new LmdbWriter(full, partial, ownsPartial: false, new LmdbTree(DataFile(partial))));
    }

    /// <summary>Goes on writing from where <see cref="Suspend"/> was called; what was put later is gone.</summary>
    /// <param name="path">The folder that the database becomes.</param>
    /// <param name="partial">The folder that it is written to.</param>
    /// <param name="state">What <see cref="Suspend"/> wrote.</param>
    /// <exception cref="CnnException">The path exists, or the folder or the state is damaged.</exception>
    public static LmdbWriter Resume(string path, string partial, Stream state)
    {
        string full = NewPath(path);
        try
        {
            using var reader = new BinaryReader(state, System.Text.Encoding.UTF8, leaveOpen: true);
            return Guarded(
                DataFile(partial),
                () => new LmdbWriter(full, partial, ownsPartial: false, new LmdbTree(DataFile(partial), reader)));
        }
        catch (Exception exception) when (exception is InvalidDataException
            or CnnException { InnerException: EndOfStreamException })
        {
            throw new CnnException(
                $"'{partial}' is damaged, so writing cannot go on from there", "remove it and begin again", exception);
        }
    }

    /// <summary>Adds a record.</summary>
    /// <param name="key">1 to 511 bytes, each key once.</param>
    /// <param name="value">The data of the record.</param>
    /// <exception cref="CnnException">The key does not fit, or writing failed.</exception>
    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        LmdbTree target = tree ?? throw new InvalidOperationException("the database is written");
        if (key.Length is 0 or > LmdbFormat.MaxKey)
        {
            throw new CnnException($"a key has {key.Length} bytes; LMDB accepts 1 to {LmdbFormat.MaxKey}");
        }

        try
        {
            int order = target.Count == 0 ? 1 : key.SequenceCompareTo(target.LastKey);
            if (order == 0)
            {
                throw DuplicateKey(key);
            }

            if (late.Count == 0 && order > 0)
            {
                target.Add(key, value);
            }
            else
            {
                PutLate(key, value);
            }
        }
        catch (Exception exception) when (FileErrors.From(path, "write", exception) is { } error)
        {
            throw error;
        }
    }

    /// <summary>
    /// Flushes the records so far to disk and writes what <see cref="Resume"/> needs; this writer can go on too.
    /// </summary>
    /// <exception cref="InvalidOperationException">A record was out of order, or the database is written.</exception>
    /// <exception cref="CnnException">Writing failed.</exception>
    public void Suspend(Stream state)
    {
        LmdbTree target = tree ?? throw new InvalidOperationException("the database is written");
        if (!CanSuspend)
        {
            throw new InvalidOperationException("records out of order cannot be suspended");
        }

        using var writer = new BinaryWriter(state, System.Text.Encoding.UTF8, leaveOpen: true);
        Guarded(path, () =>
        {
            target.Save(writer);
            return 0;
        });
    }

    /// <summary>Finishes the files, flushes them to disk and gives the folder its name.</summary>
    /// <exception cref="CnnException">A key was put twice, or writing failed.</exception>
    public void Commit() => Guarded(path, () =>
    {
        LmdbTree written = tree ?? throw new InvalidOperationException("the database is written");
        written.Finish();
        written.Dispose();
        tree = null;
        if (late.Count > 0)
        {
            Merge();
        }

        // The folder must not get its name before the names of its files are on disk.
        OutputFolder.Flush(partial);
        Directory.Move(partial, path);
        committed = true;
        OutputFolder.FlushParent(path);
        return 0;
    });

    /// <summary>Ends writing and removes what was not committed.</summary>
    public void Dispose()
    {
        Close(tree);
        tree = null;
        Close(lateValues);
        lateValues = null;
        if (!committed && ownsPartial)
        {
            TemporaryFile.TryDeleteFolder(partial);
        }
    }

    // What is buffered is written once more, which fails where it has failed before.
    private static void Close(IDisposable? file)
    {
        try
        {
            file?.Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The first failure is the one to report.
        }
    }

    private static string DataFile(string folder) => Path.Combine(folder, "data.mdb");

    private static string NewPath(string path)
    {
        PathText.Require(path);
        string full = Path.TrimEndingDirectorySeparator(path);
        return Path.Exists(full)
            ? throw new CnnException($"'{path}' exists already", "remove it or write to another name")
            : full;
    }

    private static T Guarded<T>(string path, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception exception) when (FileErrors.From(path, "write", exception) is { } error)
        {
            throw error;
        }
    }

    private static CnnException DuplicateKey(ReadOnlySpan<byte> key) =>
        new($"the key '{KeyText(key)}' is put twice", "give every record a key of its own");

    private static string KeyText(ReadOnlySpan<byte> key) =>
        key.ContainsAnyExceptInRange((byte)' ', (byte)'~')
            ? "0x" + Convert.ToHexString(key)
            : System.Text.Encoding.ASCII.GetString(key);

    private void PutLate(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        lateValues ??= new FileStream(
            Path.Combine(partial, "values"), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16);
        late.Add(new Late(key.ToArray(), lateValues.Position, value.Length));
        lateValues.Write(value);
    }

    // Merges the ordered records and the sorted late ones into a new tree.
    private void Merge()
    {
        late.Sort((a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
        string ordered = Path.Combine(partial, "ordered"), final = DataFile(partial);
        File.Move(final, ordered);
        using (LmdbReader first = LmdbReader.Open(ordered))
        using (var merged = new LmdbTree(final))
        {
            byte[] buffer = [];
            int next = 0;
            for (long i = 0; i <= first.Count; i++)
            {
                ReadOnlySpan<byte> key = i < first.Count ? first.Key(i) : default;
                for (; next < late.Count; next++)
                {
                    int order = i < first.Count ? late[next].Key.AsSpan().SequenceCompareTo(key) : -1;
                    if (order > 0)
                    {
                        break;
                    }

                    if (order == 0 || (next > 0 && late[next].Key.AsSpan().SequenceEqual(late[next - 1].Key)))
                    {
                        throw DuplicateKey(late[next].Key);
                    }

                    merged.Add(late[next].Key, LateValue(late[next], ref buffer));
                }

                if (i < first.Count)
                {
                    merged.Add(key, first.Value(i));
                }
            }

            merged.Finish();
        }

        lateValues!.Dispose();
        lateValues = null;
        File.Delete(ordered);
        File.Delete(Path.Combine(partial, "values"));
    }

    private ReadOnlySpan<byte> LateValue(Late record, ref byte[] buffer)
    {
        if (buffer.Length < record.Length)
        {
            buffer = new byte[record.Length];
        }

        lateValues!.Position = record.Offset;
        lateValues.ReadExactly(buffer, 0, record.Length);
        return buffer.AsSpan(0, record.Length);
    }

    private readonly record struct Late(byte[] Key, long Offset, int Length);
}
