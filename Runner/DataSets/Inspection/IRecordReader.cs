using Cnn.Proto;

namespace Cnn.Runner.DataSets.Inspection;

/// <summary>One thread's reader of the images of a source.</summary>
internal interface IRecordReader : IDisposable
{
    /// <summary>Reads an image.</summary>
    /// <param name="index">Its position, from 0.</param>
    /// <exception cref="CnnException">It cannot be decoded; the error says why and not which one it is.</exception>
    RecordImage Read(long index);
}
