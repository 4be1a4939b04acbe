using System.ComponentModel.DataAnnotations;

/// <summary>
/// What <c>plugin_param { ... }</c> of the layer may hold. <c>Gain</c> is written <c>gain</c> there. A default makes an
/// option optional, <c>Range</c> bounds it. Numbers, booleans, strings, enums, records, and lists of these will do.
/// </summary>
/// <param name="Gain">The gain of every channel before training.</param>
public sealed record SampleLayerOptions([Range(-100.0, 100.0)] float Gain = 1);
