namespace Cnn.Campaigns.SystemErrors;

/// <summary>One call of the system on one path, and how it fails.</summary>
/// <param name="Path">
/// The path below the scenario's folder, with <see cref="Strace.ProcessMark"/> for the process.
/// </param>
/// <param name="Call">The system's name of the call.</param>
/// <param name="Number">The how many-eth call of a thread on that path, from 1.</param>
/// <param name="Failure">How it fails.</param>
internal readonly record struct FaultPoint(string Path, string Call, int Number, Failure Failure)
{
    /// <summary>What strace is to do, as its option <c>-e</c>.</summary>
    public string Injection => $"inject={Call}:{Failure.Injection}:when={Number}";

    /// <inheritdoc/>
    public override string ToString() => $"{Injection} on '{Path}'";
}
