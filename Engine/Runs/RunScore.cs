namespace Cnn.Engine.Runs;

/// <summary>The last and the best value of a figure.</summary>
/// <param name="Name">Its name, such as <c>test/accuracy</c>.</param>
/// <param name="Last">The last value with its iteration.</param>
/// <param name="Best">
/// The best finite value with its first iteration; null when there is none, or the figure has no better and worse.
/// </param>
public sealed record RunScore(string Name, RunPoint Last, RunPoint? Best)
{
    /// <summary>Returns the scores of the curves of a run, in their order.</summary>
    internal static IReadOnlyList<RunScore> Of(IEnumerable<RunCurve> curves, RunInfo info) =>
    [
        .. curves.Where(c => c.Last is not null).Select(c => new RunScore(
            c.Name,
            c.Last!.Value,
            !IsScore(c.Name) ? null : info.IsLessBetter(c.Name) ? c.Least : c.Greatest)),
    ];

    // The learning rate and the like are neither good nor bad.
    private static bool IsScore(string curve) =>
        curve.StartsWith("test", StringComparison.Ordinal)
        || curve.Contains("loss", StringComparison.OrdinalIgnoreCase);
}
