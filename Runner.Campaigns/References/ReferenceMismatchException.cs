namespace Cnn.Campaigns.References;

/// <summary>The product differs from a reference, in one line.</summary>
internal sealed class ReferenceMismatchException(string message) : Exception(message);
