using System.Text;

namespace Cnn.Runner.Display;

/// <summary>
/// Writes text that names of others stand in, from files of strangers among them: what a terminal would carry out is
/// shown instead. A file that keeps the text is one day shown on a terminal, too.
/// </summary>
/// <param name="inner">Where the text goes.</param>
internal sealed class PrintableWriter(TextWriter inner) : TextWriter
{
    /// <summary>Where the text goes.</summary>
    public TextWriter Inner => inner;

    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write(value + Environment.NewLine);

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => inner.Write(TerminalText.Lines(buffer));

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
