namespace Cnn.Proto.Formats.Records;

/// <summary>
/// One thread's buffer for records that have to be unpacked. It allocates nothing once it has grown to the largest
/// block, and it remembers the block that it holds, so that neighbouring records are unpacked once.
/// </summary>
public sealed class RecordBuffer
{
}
