namespace Cnn.Runner.Display.Serving;

/// <summary>A request that is refused.</summary>
/// <param name="status">The status of the answer, 400 or more.</param>
/// <param name="reason">What is wrong, for people.</param>
internal sealed class HttpRefusal(int status, string reason) : Exception(reason)
{
    /// <summary>The status of the answer.</summary>
    public int Status { get; } = status;
}
