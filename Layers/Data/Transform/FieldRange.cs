using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Layers.Data.Transform;

/// <summary>Checks the numbers in <c>transform_param</c>.</summary>
internal static class FieldRange
{
    /// <summary>Requires that a field's value is a number from <paramref name="least"/> to the largest.</summary>
    /// <exception cref="CnnException">It is not; located at the field.</exception>
    public static void Require(
        LayerContext context, IMessage message, int field, double value, double least, double largest)
    {
        if (!(value >= least && value <= largest))
        {
            string name = message.Descriptor.FindFieldByNumber(field).Name;
            throw context.Error(
                message, field, $"{name} is {(float)value}", $"it must be from {(float)least} to {(float)largest}");
        }
    }
}
