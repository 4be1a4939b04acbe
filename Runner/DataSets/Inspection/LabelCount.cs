namespace Cnn.Runner.DataSets.Inspection;

/// <summary>A label, and how many images have it.</summary>
/// <param name="Label">The label.</param>
/// <param name="Name">The name of the class; null where it is not known.</param>
/// <param name="Count">The images.</param>
public readonly record struct LabelCount(int Label, string? Name, long Count);
