namespace Cnn.Proto.Schemas;

/// <summary>The names that a JSON Schema offers for <c>type</c>; a file may name others, which plug-ins add.</summary>
/// <param name="Layers">The types of layers, such as <c>Convolution</c>.</param>
/// <param name="Fillers">The types of fillers, such as <c>xavier</c>.</param>
/// <param name="Solvers">The types of solvers, such as <c>Adam</c>.</param>
public sealed record TypeNames(
    IReadOnlyCollection<string> Layers, IReadOnlyCollection<string> Fillers, IReadOnlyCollection<string> Solvers);
