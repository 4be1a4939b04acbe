namespace Cnn.Runner.DataSets.Download;

/// <summary>A file to fetch, with what is known about it beforehand.</summary>
/// <param name="Name">Its name at the mirrors and in the folder.</param>
/// <param name="Size">Its size in bytes.</param>
/// <param name="Problem">Returns what is wrong with a file of this size at a path; null when it is right.</param>
public sealed record RemoteFile(string Name, long Size, Func<string, string?> Problem);
