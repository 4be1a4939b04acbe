namespace Cnn.Tests.Docs;

/// <summary>A block of code in a document.</summary>
/// <param name="Place">The file and the line of its first line.</param>
/// <param name="Language">Its language, which is the extension of such files.</param>
/// <param name="Text">Its text.</param>
internal sealed record DocumentBlock(string Place, string Language, string Text)
{
    /// <summary>The name of the file that the block is, by a comment in its first line; null for none.</summary>
    public string? FileName => Text.Split('\n')[0] is ['#', ' ', .. var name]
        && name.EndsWith(".yaml", StringComparison.Ordinal)
            ? name
            : null;
}
