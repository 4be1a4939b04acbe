namespace Cnn.Engine.Snapshots;

/// <summary>A snapshot that has just been written.</summary>
/// <param name="StatePath">The path of the solver state.</param>
/// <param name="WeightsDigest">SHA-256 of the weights file.</param>
/// <param name="StateDigest">SHA-256 of the solver state's file; empty where <c>snapshot_keep</c> is 0.</param>
internal sealed record WrittenSnapshot(string StatePath, byte[] WeightsDigest, byte[] StateDigest);
