namespace Cnn.Engine.Solvers.Passes;

/// <summary>
/// A node of the binary tree by which the gradients of an iteration's passes are added: the passes
/// <c>Index 2^Level</c> up to, but not including, <c>(Index + 1) 2^Level</c>.
/// </summary>
/// <param name="Level">The height above the passes themselves, 0.</param>
/// <param name="Index">The number of the node among those of its level.</param>
internal readonly record struct PassNode(int Level, int Index);
