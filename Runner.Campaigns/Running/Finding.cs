namespace Cnn.Campaigns.Running;

/// <summary>A case in which the promise did not hold.</summary>
/// <param name="Case">The number of the case.</param>
/// <param name="Message">What was seen, in one line.</param>
internal sealed record Finding(long Case, string Message);
