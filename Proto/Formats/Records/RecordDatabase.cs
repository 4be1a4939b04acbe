using System.Text;
using Cnn.Proto.Formats.LevelDb;
using Cnn.Proto.Formats.Lmdb;

namespace Cnn.Proto.Formats.Records;

/// <summary>
/// A database of keys and values that are read by their position in key order. Any number of threads may read, each
/// with its own buffer.
/// </summary>
public abstract class RecordDatabase : IDisposable
{
    private const int LongestKeyShown = 80;
    private const string LmdbFile = "data.mdb", LevelDbFile = "CURRENT";

    /// <summary>The path of the data file or of the folder, for errors.</summary>
    public abstract string Path { get; }

    /// <summary>The number of records in the database.</summary>
    public abstract long Count { get; }

    /// <summary>Opens a database of either format, as its files show.</summary>
    /// <param name="path">The folder of the database, or the data file of LMDB.</param>
    /// <exception cref="CnnException">There is no database, or it is damaged.</exception>
    public static RecordDatabase Open(string path)
    {
        PathText.Require(path);
        return Holds(path, RecordFormat.Lmdb) ? LmdbReader.Open(path)
            : Holds(path, RecordFormat.LevelDb) ? LevelDbReader.Open(path)
            : throw NoDatabase(path);
    }

    /// <summary>Opens a database of the given format.</summary>
    /// <param name="path">The folder of the database, or the data file of LMDB.</param>
    /// <param name="format">The format that is asked for.</param>
    /// <exception cref="CnnException">There is no database of this format, or it is damaged.</exception>
    public static RecordDatabase Open(string path, RecordFormat format)
    {
        PathText.Require(path);
        RecordFormat other = format == RecordFormat.Lmdb ? RecordFormat.LevelDb : RecordFormat.Lmdb;
        if (!Holds(path, format) && Holds(path, other))
        {
            throw new CnnException(
                $"'{path}' holds no {Name(format)} database (no {FileOf(format)})",
                $"it looks like {Name(other)}: say backend: {Name(other).ToUpperInvariant()} if that is what it is");
        }

        return format == RecordFormat.Lmdb ? LmdbReader.Open(path) : LevelDbReader.Open(path);
    }

    /// <summary>Returns the key of a record.</summary>
    /// <param name="index">The record's position in key order, from 0.</param>
    /// <param name="buffer">The buffer of the calling thread.</param>
    /// <returns>The key; valid until the next use of the buffer, or until the database is disposed of.</returns>
    /// <exception cref="CnnException">The database is damaged there.</exception>
    public abstract ReadOnlySpan<byte> Key(long index, RecordBuffer buffer);

    /// <summary>Returns the value of a record; see <see cref="Key"/>.</summary>
    /// <exception cref="CnnException">The database is damaged there.</exception>
    public abstract ReadOnlySpan<byte> Value(long index, RecordBuffer buffer);

    /// <summary>Names a record in errors: <c>record 7 ('00000007_cat.jpg') of 'train_lmdb/data.mdb'</c>.</summary>
    public string NameOf(long index)
    {
        try
        {
            ReadOnlySpan<byte> key = Key(index, new RecordBuffer());
            string text = ByteText.Readable(Encoding.UTF8.GetString(key[..Math.Min(key.Length, LongestKeyShown)]));
            return $"record {index} ('{text}') of '{Path}'";
        }
        catch (CnnException)
        {
            return $"record {index} of '{Path}'";
        }
    }

    /// <summary>Closes the files; spans of them are invalid from then on.</summary>
    public abstract void Dispose();

    // A file is only ever LMDB's; a database of LevelDB is a folder.
    private static bool Holds(string path, RecordFormat format) =>
        File.Exists(System.IO.Path.Combine(path, FileOf(format))) || (format == RecordFormat.Lmdb && File.Exists(path));

    private static CnnException NoDatabase(string path) => Directory.Exists(path)
        ? new CnnException(
            $"'{path}' holds no database (neither {LmdbFile} nor {LevelDbFile})",
            $"name the folder that holds {LmdbFile} (LMDB) or {LevelDbFile} (LevelDB)")
        : new CnnException($"cannot read '{path}': it does not exist", "check the path");

    private static string Name(RecordFormat format) => format == RecordFormat.Lmdb ? "LMDB" : "LevelDB";

    private static string FileOf(RecordFormat format) => format == RecordFormat.Lmdb ? LmdbFile : LevelDbFile;
}
