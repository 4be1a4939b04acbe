namespace Cnn.Layers.Activations;

/// <summary>SeLUDropout as soeaver's nets spell it.</summary>
[LayerType("SeLuDropout")]
internal sealed class SpelledSeLUDropoutLayer(LayerContext context) : SeLUDropoutLayer(context);
