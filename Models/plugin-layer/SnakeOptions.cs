using System.ComponentModel.DataAnnotations;

namespace PluginLayer;

/// <summary>What <c>plugin_param { ... }</c> of a Snake layer may hold.</summary>
/// <param name="Alpha">The frequency: <c>alpha</c> in the formula, or its initial value where it is learned.</param>
/// <param name="Learned">Whether each channel (axis 1) learns its own alpha.</param>
public sealed record SnakeOptions([Range(0.01, 100.0)] float Alpha = 1, bool Learned = false);
