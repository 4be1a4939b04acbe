using System.Runtime.InteropServices;

namespace Cnn.Proto.Formats.LevelDb;

/// <summary>Where a record is; 12 bytes, as there is one for each record of a database.</summary>
/// <param name="source">The table's index, or the complement of a log's.</param>
/// <param name="high">The block of the table, or the upper half of the place in the log.</param>
/// <param name="low">Where the entry starts in the block, or the lower half of the place in the log.</param>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(int))]
internal readonly struct RecordPlace(int source, int high, int low)
{
    /// <summary>The place of an entry of a log.</summary>
    public RecordPlace(int log, long position)
        : this(~log, (int)(position >> 32), (int)position)
    {
    }

    /// <summary>Whether the record is in a log.</summary>
    public bool IsInLog => source < 0;

    /// <summary>The log's index.</summary>
    public int Log => ~source;

    /// <summary>The place in the log.</summary>
    public long Position => ((long)high << 32) | (uint)low;

    /// <summary>The table's index.</summary>
    public int Table => source;

    /// <summary>The block of the table.</summary>
    public int Block => high;

    /// <summary>Where the entry starts in the block.</summary>
    public int Entry => low;
}
