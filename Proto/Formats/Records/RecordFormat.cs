namespace Cnn.Proto.Formats.Records;

/// <summary>The kinds of databases that records are kept in; Caffe's <c>backend</c>.</summary>
public enum RecordFormat
{
    /// <summary>A folder with <c>CURRENT</c>, a manifest, tables and logs.</summary>
    LevelDb,

    /// <summary>A folder with <c>data.mdb</c>, or such a file itself.</summary>
    Lmdb,
}
