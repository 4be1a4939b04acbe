namespace Cnn.Proto.Formats.LevelDb;

/// <summary>A table as the manifest lists it.</summary>
/// <param name="Level">Its level: tables of level 0 overlap, those of another one do not.</param>
/// <param name="Number">The number in its name.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Smallest">Its first key, with the tag.</param>
internal sealed record LevelDbTableFile(int Level, ulong Number, long Size, byte[] Smallest);
