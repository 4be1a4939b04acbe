namespace Cnn.Proto.Formats.Lmdb;

/// <summary>
/// Writes a new LMDB environment (a folder with <c>data.mdb</c>) that Caffe and every LMDB library can open. Nothing
/// exists under the final name until <see cref="Commit"/>; what exists already is never overwritten.
/// </summary>
/// <remarks>
/// Records in ascending key order, which is how data sets are written, go straight into their pages. From the first
/// record out of order on, values are kept in a file beside the pages and keys in memory, and both are merged at the
/// end.
/// </remarks>
public sealed class LmdbWriter : IDisposable
{
    private readonly string path;
    private readonly string partial;
    private readonly List<Late> late = [];
    private LmdbTree? tree;
    private FileStream? lateValues;
    private bool committed;

    private LmdbWriter(string path)
    {
        this.path = path;
        partial = TemporaryFile.FolderBeside(path);
        tree = new LmdbTree(Path.Combine(partial, "data.mdb"));
    }

    /// <summary>The number of records put so far.</summary>
    public long Count => (tree?.Count ?? 0) + late.Count;

    /// <summary>Starts a database.</summary>
    /// <param name="path">The folder to create.</param>
    /// <exception cref="CnnException">The path exists, or nothing can be written there.</exception>
    public static LmdbWriter Create(string path)
    {
        PathText.Require(path);
        string full = Path.TrimEndingDirectorySeparator(path);
        if (Path.Exists(full))
        {
            throw new CnnException($"'{path}' exists already", "remove it or write to another name");
        }

        return Guarded(full, () => new LmdbWriter(full));
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

        Directory.Move(partial, path);
        committed = true;
        return 0;
    });

    /// <summary>Ends writing and removes what was not committed.</summary>
    public void Dispose()
    {
        tree?.Dispose();
        tree = null;
        lateValues?.Dispose();
        lateValues = null;
        if (!committed && Directory.Exists(partial))
        {
            Directory.Delete(partial, recursive: true);
        }
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
        string ordered = Path.Combine(partial, "ordered"), final = Path.Combine(partial, "data.mdb");
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
