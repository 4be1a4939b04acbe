namespace Cnn.Campaigns.Mutation;

/// <summary>What is mutated together, and which tests should notice.</summary>
/// <param name="Project">The folder of the project.</param>
/// <param name="Folder">The folder whose files are mutated, with a slash at its end.</param>
/// <param name="Tests">What the full names of the test classes begin with.</param>
internal sealed record MutationTarget(string Project, string Folder, IReadOnlyList<string> Tests);
