namespace Cnn.Engine.Drawing;

/// <summary>A blob that a box writes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its shape as drawn, such as <c>64×56×56</c>, without the batch.</param>
internal sealed record DrawnBlob(string Name, string Shape);
