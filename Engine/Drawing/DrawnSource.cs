namespace Cnn.Engine.Drawing;

/// <summary>A blob that a box reads.</summary>
/// <param name="Box">The box that writes it.</param>
/// <param name="Top">The index among that box's tops.</param>
internal readonly record struct DrawnSource(DrawnBox Box, int Top);
