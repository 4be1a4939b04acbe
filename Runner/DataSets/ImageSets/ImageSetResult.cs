namespace Cnn.Runner.DataSets.ImageSets;

/// <summary>What a conversion did.</summary>
/// <param name="Path">The database.</param>
/// <param name="Written">The records in it.</param>
/// <param name="Skipped">The images that could not be read.</param>
public readonly record struct ImageSetResult(string Path, long Written, long Skipped);
