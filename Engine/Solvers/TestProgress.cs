namespace Cnn.Engine.Solvers;

/// <summary>The progress of a test.</summary>
/// <param name="TestNet">The index of the test net, from 0.</param>
/// <param name="Batch">The number of batches done.</param>
/// <param name="Batches">The total number of batches to do.</param>
public readonly record struct TestProgress(int TestNet, int Batch, int Batches);
