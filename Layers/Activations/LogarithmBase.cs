using Google.Protobuf;

namespace Cnn.Layers.Activations;

/// <summary>The option <c>base</c> of Exp and Log.</summary>
internal static class LogarithmBase
{
    /// <summary>Returns the natural logarithm of the base; -1 stands for e.</summary>
    /// <exception cref="Cnn.Proto.CnnException">The base is neither -1 nor above 0.</exception>
    public static double NaturalLogarithm(LayerContext context, IMessage options, int field, float value) =>
        value == -1 ? 1
        : value > 0 ? Math.Log(value)
        : throw context.Error(options, field, $"base is {value}", "it must be above 0, or -1 for e");
}
