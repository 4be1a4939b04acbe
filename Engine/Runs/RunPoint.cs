namespace Cnn.Engine.Runs;

/// <summary>A value of a curve.</summary>
/// <param name="Iteration">The iteration that it belongs to.</param>
/// <param name="Value">The value; it may be NaN or infinite.</param>
public readonly record struct RunPoint(long Iteration, double Value);
