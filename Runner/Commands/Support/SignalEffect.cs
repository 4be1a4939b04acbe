namespace Cnn.Runner.Commands.Support;

/// <summary>What a signal does to a training run.</summary>
internal enum SignalEffect
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A snapshot after the iteration under way; the run goes on.</summary>
    Snapshot,

    /// <summary>The iteration under way is the last; a snapshot, then the end.</summary>
    Stop,
}
