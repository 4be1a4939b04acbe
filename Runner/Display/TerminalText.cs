using Cnn.Proto;

namespace Cnn.Runner.Display;

/// <summary>Text of others, such as the name of a net, for a terminal.</summary>
internal static class TerminalText
{
    /// <summary>
    /// Returns a text without line breaks and control sequences, which could do anything to a terminal.
    /// </summary>
    public static string Printable(string text) =>
        string.Concat(ByteText.Readable(text).Select(c => char.IsControl(c) ? ' ' : c));
}
