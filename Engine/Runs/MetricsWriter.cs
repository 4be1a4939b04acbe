using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cnn.Engine.Runs;

/// <summary>
/// Writes <c>metrics.jsonl</c>: a line a figure, <c>{"iteration":100,"time":1764500000.123,"name":"train/loss",
/// "value":0.25}</c>. The time is in seconds since 1970. NaN and infinities, which JSON lacks, are the strings
/// <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c>. Writing allocates nothing.
/// </summary>
/// <param name="stream">The file, at its end; the caller flushes and closes it.</param>
internal sealed class MetricsWriter(Stream stream)
{
    // Two whole numbers of 20 digits, a real one of 24, and what is around them.
    private const int LongestRest = 160;

    private byte[] line = new byte[512];
    private int length;

    /// <summary>Returns a name as a JSON string.</summary>
    public static byte[] NameText(string name)
    {
        var text = JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        return [(byte)'"', .. text.EncodedUtf8Bytes, (byte)'"'];
    }

    /// <summary>Writes a figure.</summary>
    /// <param name="iteration">The iteration that it belongs to.</param>
    /// <param name="milliseconds">The time, in milliseconds since 1970.</param>
    /// <param name="name">The name, from <see cref="NameText"/>.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(long iteration, long milliseconds, ReadOnlySpan<byte> name, double value)
    {
        if (name.Length + LongestRest > line.Length)
        {
            line = new byte[name.Length + LongestRest];
        }

        length = 0;
        Append("{\"iteration\":"u8);
        Append(iteration, default);
        Append(",\"time\":"u8);
        Append(milliseconds / 1000, default);
        Append("."u8);
        Append(Math.Abs(milliseconds % 1000), "000");
        Append(",\"name\":"u8);
        Append(name);
        Append(",\"value\":"u8);
        Append(value);
        Append("}\n"u8);
        stream.Write(line, 0, length);
    }

    private void Append(double value)
    {
        if (double.IsFinite(value))
        {
            Append(value, default);
        }
        else
        {
            Append(double.IsNaN(value) ? "\"NaN\""u8 : value > 0 ? "\"Infinity\""u8 : "\"-Infinity\""u8);
        }
    }

    private void Append(ReadOnlySpan<byte> text)
    {
        text.CopyTo(line.AsSpan(length));
        length += text.Length;
    }

    private void Append<T>(T number, ReadOnlySpan<char> format)
        where T : IUtf8SpanFormattable
    {
        number.TryFormat(line.AsSpan(length), out int written, format, CultureInfo.InvariantCulture);
        length += written;
    }
}
