namespace Cnn.Runner.DataSets.Download;

/// <summary>Describes why a request to a server failed.</summary>
internal static class HttpFault
{
    /// <summary>Returns what went wrong, with the server as "it".</summary>
    public static string Describe(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => "its name is not known; is there a connection to the net?",
        HttpRequestError.ConnectionError => "it cannot be reached",
        HttpRequestError.SecureConnectionError => "no secure connection to it can be made",
        HttpRequestError.ProxyTunnelError => "the proxy does not let it through",
        HttpRequestError.ResponseEnded => "the connection broke",
        HttpRequestError.InvalidResponse => "it answers with something that is not HTTP",
        _ => "it does not answer as a web server does",
    };
}
