namespace Cnn.Runner.Display.Serving;

/// <summary>A request without its body, which no address here needs.</summary>
/// <param name="Method">The method, such as <c>GET</c>.</param>
/// <param name="Path">The path, which begins with a slash.</param>
/// <param name="Query">What follows the question mark; empty for nothing.</param>
/// <param name="Headers">The headers; one that is given several times has its values joined by commas.</param>
internal sealed record HttpRequest(
    string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>Returns a header's value, or null.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>Returns a value of the query, or null.</summary>
    public string? Parameter(string name)
    {
        foreach (string part in Query.Split('&'))
        {
            if (part.StartsWith(name + "=", StringComparison.Ordinal))
            {
                return part[(name.Length + 1)..];
            }
        }

        return null;
    }
}
