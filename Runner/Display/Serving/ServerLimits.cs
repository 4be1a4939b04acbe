namespace Cnn.Runner.Display.Serving;

/// <summary>What a server allows its clients.</summary>
internal sealed record ServerLimits
{
    /// <summary>How many connections there are at most; further ones are turned away.</summary>
    public int Connections { get; init; } = 32;

    /// <summary>How long a client may take to send its request.</summary>
    public TimeSpan Reading { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a client may take to receive an answer or an event.</summary>
    public TimeSpan Writing { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a stream of events is silent at most; a comment ends the silence.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long open pages have to fetch the last data when the run has ended.</summary>
    public TimeSpan Farewell { get; init; } = TimeSpan.FromSeconds(2);
}
