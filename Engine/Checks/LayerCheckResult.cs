namespace Cnn.Engine.Checks;

/// <summary>The result of one check of one layer.</summary>
/// <param name="Check">What was checked.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Extent">
/// What it covered, such as <c>96 of 20800</c> values or <c>1-4</c> threads; empty where it covered nothing.
/// </param>
/// <param name="Detail">
/// Where it fails, the place and the two values; where it does not apply, why; else what was left out, or empty.
/// </param>
public sealed record LayerCheckResult(LayerCheck Check, CheckOutcome Outcome, string Extent, string Detail)
{
    internal static LayerCheckResult Holds(LayerCheck check, string extent, string detail = "") =>
        new(check, CheckOutcome.Holds, extent, detail);

    internal static LayerCheckResult Fails(LayerCheck check, string detail, string extent = "") =>
        new(check, CheckOutcome.Fails, extent, detail);

    internal static LayerCheckResult DoesNotApply(LayerCheck check, string why) =>
        new(check, CheckOutcome.DoesNotApply, "", why);
}
