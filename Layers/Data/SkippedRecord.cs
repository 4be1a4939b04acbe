using Cnn.Proto;

namespace Cnn.Layers.Data;

/// <summary>A record that cannot be loaded and was passed over.</summary>
/// <param name="Index">The index, among all images drawn, of the place in a batch that it would have had.</param>
/// <param name="Item">The record's number in its source.</param>
/// <param name="Error">Why it cannot be loaded.</param>
internal readonly record struct SkippedRecord(long Index, long Item, CnnException Error);
