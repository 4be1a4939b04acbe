namespace Cnn.Engine.Detection;

/// <summary>
/// An object that a net found in an image; the box is in pixels of the image and may reach outside of it.
/// </summary>
/// <param name="Label">The class, as the net counts them.</param>
/// <param name="Score">How sure the net is, 0 to 1.</param>
/// <param name="XMin">Left side.</param>
/// <param name="YMin">Upper side.</param>
/// <param name="XMax">Right side.</param>
/// <param name="YMax">Lower side.</param>
public readonly record struct Detection(int Label, float Score, float XMin, float YMin, float XMax, float YMax);
