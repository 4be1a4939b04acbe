using System.Text;
using Cnn.Proto;
using Cnn.Proto.Formats.Lmdb;
using Cnn.Proto.Formats.Records;

namespace Cnn.Runner.DataSets.Inspection;

/// <summary>The records of a database.</summary>
/// <param name="path">The database.</param>
internal sealed class DatabaseSource(string path) : InspectedSource
{
    private const string LabelsName = "labels.txt";

    private readonly RecordDatabase records = RecordDatabase.Open(path);

    /// <inheritdoc/>
    public override string Kind => records is LmdbReader ? "LMDB database" : "LevelDB database";

    /// <inheritdoc/>
    public override long Count => records.Count;

    /// <summary>The lines of the file of labels that <c>cnn data images</c> writes.</summary>
    public override IReadOnlyList<string> Classes { get; } =
        File.Exists(Path.Combine(path, LabelsName)) ? ReadLabels(Path.Combine(path, LabelsName)) : [];

    /// <summary>Whether a folder holds a database.</summary>
    public static bool IsDatabase(string folder) =>
        File.Exists(Path.Combine(folder, "data.mdb")) || File.Exists(Path.Combine(folder, "CURRENT"));

    /// <inheritdoc/>
    public override IRecordReader CreateReader() => new RecordReader(records);

    /// <inheritdoc/>
    public override string NameOf(long index)
    {
        try
        {
            return ByteText.Readable(Encoding.UTF8.GetString(records.Key(index, new RecordBuffer())));
        }
        catch (CnnException)
        {
            return "";
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        records.Dispose();
        base.Dispose();
    }

    private static string[] ReadLabels(string path) =>
        FileText.Decode(FileText.ReadBytes(path), path).TrimEnd('\n').Split('\n', StringSplitOptions.TrimEntries);
}
