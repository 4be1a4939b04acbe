namespace Cnn.Campaigns.Processes;

/// <summary>What a process left when it ended.</summary>
/// <param name="ExitCode">Its exit code; 128 and the signal's number where a signal ended it.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record ProcessResult(int ExitCode, string Output, string Error);
