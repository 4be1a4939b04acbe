namespace Cnn.Campaigns.References;

/// <summary>Rounding alone decides what the formula gives, so a case tells nothing.</summary>
internal sealed class UndecidedException(string message) : Exception(message);
