namespace Cnn.Bench.Scaling;

/// <summary>Gradients that are exchanged together.</summary>
/// <param name="Bytes">Their size.</param>
/// <param name="After">The backward pass of a layer, counted in the order they run, after which they are done.</param>
internal readonly record struct TimedBucket(long Bytes, int After);
