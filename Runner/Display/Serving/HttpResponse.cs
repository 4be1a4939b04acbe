using System.Globalization;
using System.Text;

namespace Cnn.Runner.Display.Serving;

/// <summary>An answer, after which the connection is closed.</summary>
/// <param name="Status">The status, such as 200.</param>
/// <param name="Type">The type of the body, such as <c>text/html</c>; its text is UTF-8.</param>
/// <param name="Body">The body.</param>
internal sealed record HttpResponse(int Status, string Type, ReadOnlyMemory<byte> Body)
{
    // No cache, other site or frame gets to see what the token opens.
    private const string Guards = "Cache-Control: no-store\r\n"
        + "X-Content-Type-Options: nosniff\r\n"
        + "Referrer-Policy: no-referrer\r\n"
        + "Content-Security-Policy: frame-ancestors 'none'\r\n"
        + "X-Frame-Options: DENY\r\n"
        + "Cross-Origin-Opener-Policy: same-origin\r\n"
        + "Cross-Origin-Resource-Policy: same-origin\r\n"
        + "Connection: close\r\n";

    /// <summary>The methods that the address takes; null where that is not the point.</summary>
    public string? Allow { get; init; }

    /// <summary>Creates an answer in plain text.</summary>
    public static HttpResponse Text(int status, string text) =>
        new(status, "text/plain", Encoding.UTF8.GetBytes(text + "\n"));

    /// <summary>Returns the head of a stream of events, which ends with the connection.</summary>
    public static byte[] EventHead() =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{Guards}\r\n");

    /// <summary>Returns what comes before the body.</summary>
    public byte[] Head()
    {
        string length = Body.Length.ToString(CultureInfo.InvariantCulture);
        return Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {Status} {Phrase(Status)}\r\nContent-Type: {Type}; charset=utf-8\r\n"
            + $"Content-Length: {length}\r\n{(Allow is null ? "" : $"Allow: {Allow}\r\n")}{Guards}\r\n");
    }

    private static string Phrase(int status) => status switch
    {
        200 => "OK",
        202 => "Accepted",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        411 => "Length Required",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        503 => "Service Unavailable",
        505 => "HTTP Version Not Supported",
        _ => "Error",
    };
}
