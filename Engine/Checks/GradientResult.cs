namespace Cnn.Engine.Checks;

/// <summary>What a <see cref="GradientCheck"/> found.</summary>
/// <param name="Compared">The number of values whose derivative was compared.</param>
/// <param name="Skipped">
/// The number of those passed over: the function has a kink or a jump there, or changes less than float32 resolves.
/// </param>
/// <param name="Total">The number of values in all blobs that have a gradient.</param>
/// <param name="Differing">The number of values whose gradient is wrong.</param>
/// <param name="First">The first of them; null where all is right.</param>
public sealed record GradientResult(int Compared, int Skipped, long Total, int Differing, GradientMismatch? First);
