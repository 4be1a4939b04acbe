namespace Cnn.Proto.Formats;

/// <summary>A net whose weights a snapshot's format writes.</summary>
/// <param name="Name">The net's name.</param>
/// <param name="Layers">The layers in the order of the net, including those without parameters.</param>
internal sealed record SnapshotNet(string Name, IReadOnlyList<SnapshotLayer> Layers);
