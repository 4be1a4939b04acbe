namespace Cnn.Layers.Data.Windows;

/// <summary>A window of an image; its corners are pixels of it, counted from 0.</summary>
/// <param name="Image">The number of the image in the list.</param>
/// <param name="Label">The class of the object that it overlaps most; 0 is background.</param>
/// <param name="Overlap">The share of the overlap, intersection over union.</param>
/// <param name="X1">Left column.</param>
/// <param name="Y1">Upper row.</param>
/// <param name="X2">Right column.</param>
/// <param name="Y2">Lower row.</param>
internal readonly record struct LabelledWindow(int Image, int Label, float Overlap, int X1, int Y1, int X2, int Y2);
