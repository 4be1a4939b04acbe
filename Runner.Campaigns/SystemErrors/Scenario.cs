namespace Cnn.Campaigns.SystemErrors;

/// <summary>A command on the small files of a campaign, and what is known of the files that it writes.</summary>
/// <param name="Name">The name in findings.</param>
/// <param name="Arguments">The command line, in the folder of the files.</param>
internal sealed record Scenario(string Name, params string[] Arguments)
{
    /// <summary>The files that it writes, the same in every run; a slash separates folders.</summary>
    public string[] Outputs { get; init; } = [];

    /// <summary>Those of the outputs that tell when they were written, in as many characters each time.</summary>
    public string[] Dated { get; init; } = [];

    /// <summary>
    /// How the names begin of what differs between runs or is not essential, such as logs: the command goes on without
    /// it, with a warning.
    /// </summary>
    public string[] Loose { get; init; } = [];

    /// <summary>Further paths that are used while it runs, such as a folder that is renamed at the end.</summary>
    public string[] Meanwhile { get; init; } = [];

    /// <summary>
    /// Whether a part of the work stays when the rest fails: earlier files of several, or what can be gone on with.
    /// </summary>
    public bool KeepsDone { get; init; }

    /// <summary>Other names under which a path is told, such as the link that leads to it.</summary>
    public string[] OtherNames { get; init; } = [];

    /// <summary>
    /// Whether it goes on with the other files where one cannot be read, and tells each that is left out.
    /// </summary>
    public bool GoesOn { get; init; }

    /// <summary>Whether standard output is the same in every run.</summary>
    public bool HasStableText { get; init; } = true;

    /// <summary>Files that exist before with other content: the command replaces them.</summary>
    public string[] Old { get; init; } = [];

    /// <summary>What is done in the folder before the command, such as making links; null for nothing.</summary>
    public Action<string>? Prepare { get; init; }
}
