using Cnn.Layers;

namespace Cnn.Tests.Engine.Checks;

/// <summary>A <see cref="WrongLayer"/> for command lines, which load this assembly as a plug-in.</summary>
[LayerType("WrongGradient")]
internal sealed class WrongGradientLayer(LayerContext context) : WrongLayer(context, Fault.BottomGradient);
