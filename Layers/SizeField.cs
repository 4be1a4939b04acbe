using Google.Protobuf;

namespace Cnn.Layers;

/// <summary>
/// Checks fields that count something, such as <c>num_output</c>: they are 1 or more, and no more than 2^31 - 1.
/// </summary>
internal static class SizeField
{
    /// <summary>Returns the field's value.</summary>
    /// <param name="context">The layer.</param>
    /// <param name="parameter">The message that holds the field.</param>
    /// <param name="field">The field's number.</param>
    /// <param name="name">The field's name.</param>
    /// <param name="value">The field's value; 0 when it is not given.</param>
    /// <exception cref="Proto.CnnException">The value is 0 or too large; located at the field.</exception>
    public static int Check(LayerContext context, IMessage parameter, int field, string name, uint value) =>
        value switch
        {
            0 => throw context.Error(parameter, field, $"{name} is 0, expected 1 or more"),
            > int.MaxValue => throw context.Error(
                parameter, field, $"{name} {value} is too large", $"at most {int.MaxValue}"),
            _ => (int)value,
        };
}
