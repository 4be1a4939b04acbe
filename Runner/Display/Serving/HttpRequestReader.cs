using System.Globalization;
using System.Text;

namespace Cnn.Runner.Display.Serving;

/// <summary>Reads requests of HTTP/1.1 (RFC 9112) from clients that nobody trusts.</summary>
internal static class HttpRequestReader
{
    /// <summary>The largest head, in bytes.</summary>
    public const int MostHead = 16 * 1024;

    /// <summary>The largest body, in bytes.</summary>
    public const int MostBody = 4 * 1024;

    private const string TokenSymbols = "!#$%&'*+-.^_`|~";

    /// <summary>Reads a request, and skips its body.</summary>
    /// <returns>The request; null when the client closed the connection without one.</returns>
    /// <exception cref="HttpRefusal">It is no request, or too large.</exception>
    public static async Task<HttpRequest?> ReadAsync(Stream stream, CancellationToken cancel)
    {
        byte[] buffer = new byte[MostHead];
        int count = 0, end = -1;
        while (end < 0)
        {
            if (count == buffer.Length)
            {
                throw new HttpRefusal(431, "the head of the request is too large");
            }

            int read = await stream.ReadAsync(buffer.AsMemory(count), cancel);
            if (read == 0)
            {
                return count == 0 ? null : throw Bad("the request ends within its head");
            }

            // What cannot become a request is refused at once; its client might wait for an answer.
            int before = count;
            count += read;
            end = buffer.AsSpan(0, count).IndexOf("\r\n\r\n"u8);
            RequireText(buffer.AsSpan(before..(end < 0 ? count : Math.Max(before, end))));
        }

        HttpRequest request = Parse(Encoding.ASCII.GetString(buffer, 0, end));
        await SkipBodyAsync(stream, BodyLength(request) - (count - end - 4), cancel);
        return request;
    }

    // A client that sends a body may not read an answer before it has sent all of it.
    private static async Task SkipBodyAsync(Stream stream, int length, CancellationToken cancel)
    {
        byte[] buffer = new byte[MostBody];
        while (length > 0)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(0, length), cancel);
            length -= read > 0 ? read : throw Bad("the request ends within its body");
        }
    }

    private static int BodyLength(HttpRequest request)
    {
        if (request.Header("Transfer-Encoding") is not null)
        {
            throw new HttpRefusal(411, "a body must tell its length");
        }

        string text = request.Header("Content-Length") ?? "0";
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long length))
        {
            throw Bad("the length of the body is no number");
        }

        return length <= MostBody ? (int)length : throw new HttpRefusal(413, "the body is too large");
    }

    private static HttpRequest Parse(string head)
    {
        string[] lines = head.Split("\r\n");
        if (Array.Exists(lines, l => l.AsSpan().IndexOfAny('\r', '\n') >= 0))
        {
            throw Bad("a line ends in half of a line break");
        }

        if (lines[0].Split(' ') is not [var method, ['/', ..] target, var version] || !IsToken(method))
        {
            throw Bad("the first line is not METHOD PATH VERSION");
        }

        if (version is not ("HTTP/1.1" or "HTTP/1.0"))
        {
            throw version.StartsWith("HTTP/", StringComparison.Ordinal)
                ? new HttpRefusal(505, "the version must be HTTP/1.1")
                : Bad("the first line is not METHOD PATH VERSION");
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !IsToken(line.AsSpan(0, colon)))
            {
                throw Bad("a line of the head is no name and value");
            }

            string name = line[..colon], value = line[(colon + 1)..].Trim();
            headers[name] = headers.TryGetValue(name, out string? before) ? $"{before}, {value}" : value;
        }

        int mark = target.IndexOf('?', StringComparison.Ordinal);
        return mark < 0
            ? new HttpRequest(method, target, "", headers)
            : new HttpRequest(method, target[..mark], target[(mark + 1)..], headers);
    }

    private static void RequireText(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (value is (< 0x20 or >= 0x7f) and not ((byte)'\r' or (byte)'\n' or (byte)'\t'))
            {
                throw Bad("the head of the request is not text");
            }
        }
    }

    private static bool IsToken(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && !TokenSymbols.Contains(c, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    private static HttpRefusal Bad(string reason) => new(400, reason);
}
