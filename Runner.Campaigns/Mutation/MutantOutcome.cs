namespace Cnn.Campaigns.Mutation;

/// <summary>What the tests made of a mutant.</summary>
internal enum MutantOutcome
{
    /// <summary>No test runs its code.</summary>
    NotCovered,

    /// <summary>Every test that runs its code passes.</summary>
    Survived,

    /// <summary>A test fails.</summary>
    Killed,

    /// <summary>The tests do not end.</summary>
    TimedOut,

    /// <summary>The process of the tests dies.</summary>
    Crashed,
}
