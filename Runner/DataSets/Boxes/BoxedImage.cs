namespace Cnn.Runner.DataSets.Boxes;

/// <summary>An image of a set, and the objects in it.</summary>
/// <param name="Name">The image's name in its record's key.</param>
/// <param name="Path">The image file.</param>
/// <param name="Width">The columns that the annotation says the image has; 0 where it does not.</param>
/// <param name="Height">The rows likewise.</param>
/// <param name="Objects">The objects.</param>
public sealed record BoxedImage(
    string Name, string Path, int Width, int Height, IReadOnlyList<BoxedObject> Objects);
