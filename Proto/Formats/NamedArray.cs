namespace Cnn.Proto.Formats;

/// <summary>An array with its name, for a file of named arrays.</summary>
/// <param name="Name">The name, unique within the file: <c>conv1.weight</c>.</param>
/// <param name="Array">The array.</param>
internal sealed record NamedArray(string Name, SnapshotArray Array);
