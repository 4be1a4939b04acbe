namespace Cnn.Engine.Drawing.Layout;

/// <summary>The size of a box that wants a place.</summary>
internal readonly record struct BoxSize(double Width, double Height);
