using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cnn.Runner.Display.Serving;

/// <summary>
/// Decides who may ask. The token keeps other users of the machine out; the check of the host, a site whose name was
/// made to point to this machine (DNS rebinding); that of the origin, other sites that are open in the same browser.
/// </summary>
/// <param name="port">The port of the server.</param>
/// <param name="token">The secret of its address.</param>
internal sealed class RequestGuard(int port, string token)
{
    /// <summary>The header that may carry the token instead of the query.</summary>
    public const string TokenHeader = "X-Cnn-Token";

    private readonly string[] hosts =
    [
        .. new[] { "127.0.0.1", "localhost", "[::1]" }
            .Select(h => string.Create(CultureInfo.InvariantCulture, $"{h}:{port}")),
    ];

    private readonly byte[] secret = Encoding.UTF8.GetBytes(token);

    /// <summary>Refuses a request that does not come from the page itself or from who has its address.</summary>
    /// <exception cref="HttpRefusal">It is refused.</exception>
    public void Check(HttpRequest request)
    {
        string host = request.Header("Host") ?? throw new HttpRefusal(400, "the request has no Host");
        if (!IsOurs(host))
        {
            throw new HttpRefusal(403, "the Host is not this server");
        }

        if (request.Header("Origin") is { } origin
            && !(origin.StartsWith("http://", StringComparison.Ordinal) && IsOurs(origin["http://".Length..])))
        {
            throw new HttpRefusal(403, "the request comes from another site");
        }

        // Other ports of this machine are the same site, but not the same origin.
        if (request.Header("Sec-Fetch-Site") is not (null or "same-origin" or "none"))
        {
            throw new HttpRefusal(403, "the request comes from another site; type or paste the address");
        }

        string given = request.Parameter("token") ?? request.Header(TokenHeader)
            ?? throw new HttpRefusal(403, "the token of the address is missing");
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), secret))
        {
            throw new HttpRefusal(403, "the token in the address belongs to another run");
        }
    }

    private bool IsOurs(string host) => hosts.Contains(host, StringComparer.OrdinalIgnoreCase);
}
