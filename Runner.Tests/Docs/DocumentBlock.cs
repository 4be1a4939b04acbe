namespace Cnn.Tests.Docs;

/// <summary>A block of code in a document.</summary>
/// <param name="Place">The file and the line of its first line.</param>
/// <param name="Language">Its language, which is the extension of such files.</param>
/// <param name="Text">Its text.</param>
internal sealed record DocumentBlock(string Place, string Language, string Text);
