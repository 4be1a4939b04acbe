namespace Cnn.Campaigns.Fuzz.Checks;

/// <summary>What became of an input.</summary>
/// <param name="IsRead">Whether it was read; otherwise it was refused, or something is wrong.</param>
/// <param name="Fault">What is wrong, in one line; null where the promise held.</param>
/// <param name="Signature">What is the same for all inputs that show this fault.</param>
internal sealed record InputOutcome(bool IsRead, string? Fault = null, string Signature = "");
