namespace Cnn.Engine.Drawing.Pictures;

/// <summary>Shapes that belong together.</summary>
/// <param name="Title">What is told where the pointer rests on them; empty for nothing.</param>
/// <param name="Shapes">The shapes, in the order they are drawn.</param>
internal sealed record PictureGroup(string Title, IReadOnlyList<PictureShape> Shapes);
