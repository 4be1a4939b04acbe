namespace Cnn.Engine.Export;

/// <summary>What was written of a net's parameters.</summary>
public sealed class ExportedWeights
{
    /// <summary>The names of the arrays, in the order of the file: <c>conv1.weight</c>.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The number of values.</summary>
    public required long Values { get; init; }
}
