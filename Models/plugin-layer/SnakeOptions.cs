using System.ComponentModel.DataAnnotations;

namespace PluginLayer;

/// <summary>What <c>plugin_param { ... }</c> of a Snake layer may hold.</summary>
/// <param name="Alpha">
/// How fast the wave runs: <c>alpha</c> in the formula, or its first value where it is learned.
/// </param>
/// <param name="Learned">Whether each channel (axis 1) learns an alpha of its own.</param>
public sealed record SnakeOptions([Range(0.01, 100.0)] float Alpha = 1, bool Learned = false);
