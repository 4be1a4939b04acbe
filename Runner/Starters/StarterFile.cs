namespace Cnn.Runner.Starters;

/// <summary>A file of a starter.</summary>
/// <param name="Name">Its name, without a folder.</param>
/// <param name="Text">Its content.</param>
internal sealed record StarterFile(string Name, string Text);
