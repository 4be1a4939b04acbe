using Cnn.Proto;

namespace Cnn.Layers.Plugins;

/// <summary>A plug-in that was compiled from a C# file.</summary>
/// <param name="Path">The assembly, in the cache.</param>
/// <param name="WasCompiled">Whether it was compiled now; otherwise it was in the cache already.</param>
/// <param name="Warnings">The compiler's warnings; none where nothing was compiled.</param>
public sealed record CompiledPlugin(string Path, bool WasCompiled, IReadOnlyList<Diagnostic> Warnings);
