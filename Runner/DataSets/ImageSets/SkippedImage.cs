namespace Cnn.Runner.DataSets.ImageSets;

/// <summary>An image that could not be read and is not in the database.</summary>
/// <param name="Index">Its position in the list, from 0.</param>
/// <param name="Name">Its name in the list.</param>
/// <param name="Reason">What is wrong with it.</param>
public readonly record struct SkippedImage(long Index, string Name, string Reason);
