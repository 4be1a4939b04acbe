namespace Cnn.Layers.Activations;

/// <summary><see cref="SeLUDropoutLayer"/> as soeaver's nets spell it.</summary>
[LayerType("SeLuDropout")]
internal sealed class SpelledSeLUDropoutLayer(LayerContext context) : SeLUDropoutLayer(context);
