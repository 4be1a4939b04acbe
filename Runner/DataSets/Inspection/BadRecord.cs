namespace Cnn.Runner.DataSets.Inspection;

/// <summary>An image that cannot be decoded.</summary>
/// <param name="Index">Its position, from 0.</param>
/// <param name="Name">Its key or path.</param>
/// <param name="Reason">What is wrong.</param>
public readonly record struct BadRecord(long Index, string Name, string Reason);
