namespace Cnn.Engine.Solvers.Passes;

/// <summary>A part of the gradient of a parameter.</summary>
/// <param name="Parameter">The index of the parameter among the net's.</param>
/// <param name="Offset">Its first value.</param>
/// <param name="Count">Its length.</param>
internal readonly record struct GradientSegment(int Parameter, int Offset, int Count);
