namespace Cnn.Layers.Kernels.Gemm;

/// <summary>A rectifier of a result: <c>min(x, ceiling)</c> for x above 0 and <c>slope x</c> elsewhere.</summary>
/// <param name="Slope">The slope below 0.</param>
/// <param name="Ceiling">The greatest result; infinity for none.</param>
internal readonly record struct Rectifier(float Slope, float Ceiling = float.PositiveInfinity);
