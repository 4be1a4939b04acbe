namespace Cnn.Engine.Drawing.Layout;

/// <summary>The way from one exit of a box to all boxes that it leads to.</summary>
/// <param name="From">The index of the box.</param>
/// <param name="Port">The exit.</param>
/// <param name="Pieces">The pieces, each once.</param>
internal sealed record Wire(int From, int Port, IReadOnlyList<WirePiece> Pieces);
