namespace Cnn.Campaigns.Mutation;

/// <summary>What a test did without a mutant.</summary>
/// <param name="Number">Its number in the worker.</param>
/// <param name="Name">The class and the method.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Failure">What failed; empty where it passed.</param>
/// <param name="Reached">The mutants whose code it ran.</param>
internal sealed record CoveredTest(
    int Number, string Name, int Milliseconds, string Failure, IReadOnlyList<int> Reached);
