namespace Cnn.Engine.Runs;

/// <summary>An image of a run.</summary>
/// <param name="Png">The PNG file.</param>
/// <param name="Width">Its width in pixels.</param>
/// <param name="Height">Its height in pixels.</param>
/// <param name="Caption">What it shows; empty for nothing more than its name says.</param>
public sealed record RunImage(ReadOnlyMemory<byte> Png, int Width, int Height, string Caption = "");
