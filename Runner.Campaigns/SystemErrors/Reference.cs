using Cnn.Campaigns.Processes;

namespace Cnn.Campaigns.SystemErrors;

/// <summary>What a command leaves when nothing fails.</summary>
/// <param name="Files">The files.</param>
/// <param name="Result">What it printed.</param>
internal sealed record Reference(FolderState Files, ProcessResult Result);
