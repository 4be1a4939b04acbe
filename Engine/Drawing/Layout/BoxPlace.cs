namespace Cnn.Engine.Drawing.Layout;

/// <summary>Where a box is: its left upper corner.</summary>
internal readonly record struct BoxPlace(double X, double Y);
