namespace Cnn.Runner.DataSets.Boxes;

/// <summary>Images with boxes around their objects.</summary>
/// <param name="Images">The images, in the order of their records.</param>
/// <param name="Names">The names of the classes by their labels; 0 is the background.</param>
public sealed record BoxedSet(IReadOnlyList<BoxedImage> Images, ClassNames Names);
