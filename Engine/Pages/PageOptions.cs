namespace Cnn.Engine.Pages;

/// <summary>How a page of runs is made.</summary>
public sealed record PageOptions
{
    /// <summary>When the page is written; null if it should not say so.</summary>
    public DateTimeOffset? Written { get; init; }

    /// <summary>After what time the page of a run that goes on loads itself again; zero for never.</summary>
    public TimeSpan Reload { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The server that shows the page; null for a file.</summary>
    public LivePage? Live { get; init; }
}
