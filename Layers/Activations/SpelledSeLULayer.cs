namespace Cnn.Layers.Activations;

/// <summary><see cref="SeLULayer"/> as soeaver's nets spell it.</summary>
[LayerType("SeLu")]
internal sealed class SpelledSeLULayer(LayerContext context) : SeLULayer(context);
