namespace Cnn.Layers.Plugins.Compilation;

/// <summary>What a build printed.</summary>
/// <param name="ExitCode">The exit code; 0 where it succeeded.</param>
/// <param name="Text">The lines of standard output, then those of standard error.</param>
internal sealed record CompilerOutput(int ExitCode, string Text);
