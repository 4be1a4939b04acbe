using System.Globalization;
using System.Text;

namespace Cnn.Proto;

/// <summary>Writes text to a stream as the bytes that it stands for; see <see cref="ByteText"/>.</summary>
/// <param name="stream">The stream to write to, which stays open.</param>
internal sealed class ByteTextWriter(Stream stream) : TextWriter(CultureInfo.InvariantCulture)
{
    private readonly char[] characters = new char[1 << 14];
    private readonly byte[] bytes = new byte[3 << 14];
    private int count;

    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <inheritdoc/>
    public override void Write(char value)
    {
        if (count == characters.Length)
        {
            Send(isLast: false);
        }

        characters[count++] = value;
    }

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (count == characters.Length)
            {
                Send(isLast: false);
            }

            int now = Math.Min(buffer.Length, characters.Length - count);
            buffer[..now].CopyTo(characters.AsSpan(count));
            count += now;
            buffer = buffer[now..];
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        Send(isLast: true);
        stream.Flush();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Send(isLast: true);
        }

        base.Dispose(disposing);
    }

    // The first half of a surrogate pair waits for the second one.
    private void Send(bool isLast)
    {
        bool waits = !isLast && count > 0 && char.IsHighSurrogate(characters[count - 1]);
        int now = waits ? count - 1 : count;
        stream.Write(bytes, 0, ByteText.Encode(characters.AsSpan(0, now), bytes));
        characters[0] = characters[Math.Max(0, count - 1)];
        count -= now;
    }
}
