namespace Cnn.Engine.Distributed;

/// <summary>What an action of a rank ends with.</summary>
internal enum OutcomeKind : byte
{
    /// <summary>Success.</summary>
    Done,

    /// <summary>Something that the user gave is wrong.</summary>
    BadInput,

    /// <summary>The machine failed.</summary>
    MachineFailed,

    /// <summary>The training cannot go on.</summary>
    TrainingFailed,
}
