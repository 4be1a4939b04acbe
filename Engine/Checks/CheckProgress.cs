namespace Cnn.Engine.Checks;

/// <summary>The progress of a check.</summary>
/// <param name="Name">What is being checked, such as a layer.</param>
/// <param name="Done">What has been checked so far.</param>
/// <param name="Total">What there is to check.</param>
public readonly record struct CheckProgress(string Name, int Done, int Total);
