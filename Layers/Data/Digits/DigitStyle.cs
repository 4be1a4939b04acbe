namespace Cnn.Layers.Data.Digits;

/// <summary>One way to write a digit.</summary>
/// <param name="Weight">How common it is among the digit's styles.</param>
/// <param name="Width">Its width as a share of its height.</param>
/// <param name="Strokes">The pen's path, stroke by stroke.</param>
internal sealed record DigitStyle(int Weight, float Width, DigitPoint[][] Strokes);

/// <summary>A point that a stroke goes through.</summary>
/// <param name="X">From left to right, in widths of the digit.</param>
/// <param name="Y">From top to bottom, in heights of the digit.</param>
/// <param name="IsCorner">Whether the stroke turns sharply here.</param>
internal readonly record struct DigitPoint(float X, float Y, bool IsCorner);
