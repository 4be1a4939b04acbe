namespace Cnn.Proto.Formats.Safetensors;

/// <summary>An array of a safetensors file, as its header describes it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Type">The type of the numbers.</param>
/// <param name="Shape">The axes, outermost first; none for a single number.</param>
/// <param name="Start">Where the numbers start, in bytes from the end of the header.</param>
/// <param name="End">Where they end.</param>
internal sealed record SafetensorsTensor(string Name, NumberType Type, StoredShape Shape, long Start, long End);
