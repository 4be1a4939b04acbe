namespace Cnn.Runner.Commands.Support;

/// <summary>What a signal does to a training run.</summary>
internal enum SignalEffect
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Writes a snapshot after the current iteration; the run continues.</summary>
    Snapshot,

    /// <summary>Ends the run after the current iteration, with a snapshot.</summary>
    Stop,
}
