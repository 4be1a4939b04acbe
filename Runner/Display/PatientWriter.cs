using System.Text;

namespace Cnn.Runner.Display;

/// <summary>
/// A writer that outlives its stream: text that can no longer be written is dropped and the first failure is kept, so
/// that a full or closed stream neither ends a run nor hides its exit code.
/// </summary>
/// <param name="inner">Where the text goes; null for a stream that was closed from the start.</param>
internal sealed class PatientWriter(TextWriter? inner) : TextWriter
{
    private readonly Lock gate = new();

    /// <inheritdoc/>
    public override Encoding Encoding => inner?.Encoding ?? Encoding.UTF8;

    /// <summary>The first failure of the stream; null while there is none.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether any text could not be written.</summary>
    public bool HasLost { get; private set; }

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write(value + Environment.NewLine);

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (gate)
        {
            if (inner is null || Failure is not null)
            {
                HasLost |= buffer.Length > 0;
                return;
            }

            try
            {
                inner.Write(buffer);
            }
            catch (Exception exception) when (IsOfTheStream(exception))
            {
                (Failure, HasLost) = (exception, true);
            }
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        lock (gate)
        {
            try
            {
                inner?.Flush();
            }
            catch (Exception exception) when (IsOfTheStream(exception))
            {
                Failure ??= exception;
                HasLost = true;
            }
        }
    }

    private static bool IsOfTheStream(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or ObjectDisposedException;
}
