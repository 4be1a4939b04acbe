using Cnn.Proto.Formats.Records;

namespace Cnn.Proto.Formats.LevelDb;

/// <summary>Reads a LevelDB database by position in key order.</summary>
public static class LevelDbReader
{
    /// <summary>Opens the folder of a database.</summary>
    /// <exception cref="CnnException">There is no database, or it is damaged.</exception>
    public static RecordDatabase Open(string path) =>
        throw new CnnException($"'{path}' is a LevelDB database, which cannot be read yet");
}
