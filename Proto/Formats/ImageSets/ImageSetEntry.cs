namespace Cnn.Proto.Formats.ImageSets;

/// <summary>An image of a set, and its label.</summary>
/// <param name="Path">The path of the image file, as the list has it or relative to the folder.</param>
/// <param name="Label">The label.</param>
public readonly record struct ImageSetEntry(string Path, int Label);
