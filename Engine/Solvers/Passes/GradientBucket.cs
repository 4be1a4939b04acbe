namespace Cnn.Engine.Solvers.Passes;

/// <summary>Gradients that travel together.</summary>
/// <param name="Segments">What it consists of.</param>
/// <param name="Layer">
/// The layer whose backward pass, the last of those that add to these gradients, completes them.
/// </param>
internal sealed record GradientBucket(IReadOnlyList<GradientSegment> Segments, int Layer)
{
    /// <summary>The number of values.</summary>
    public int Count { get; } = Segments.Sum(s => s.Count);
}
