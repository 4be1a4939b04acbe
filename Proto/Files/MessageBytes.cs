using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// Converts messages to and from protobuf's wire format, with strings of arbitrary bytes: the C# library reads and
/// writes only UTF-8, Caffe anything (see <see cref="ByteText"/>).
/// </summary>
internal static class MessageBytes
{
    /// <summary>
    /// Reads a message; unknown fields and groups are kept. Required fields are not asked for: a fork's message under
    /// the number of one of ours has none of them.
    /// </summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no such message.</exception>
    public static T Parse<T>(byte[] bytes)
        where T : class, IMessage<T>, new()
    {
        var message = new T();
        message.MergeFrom(WireStrings.Rewrite(bytes, message.Descriptor, ToCharacters));
        return message;
    }

    /// <summary>Returns the bytes of a message.</summary>
    public static byte[] Of(IMessage message)
    {
        byte[] bytes = message.ToByteArray();
        return HoldsBytes(message) ? WireStrings.Rewrite(bytes, message.Descriptor, ToBytes) : bytes;
    }

    /// <summary>
    /// Writes a message. One whose strings are all plain text is not copied in memory, however large it is.
    /// </summary>
    public static void Write(IMessage message, Stream to)
    {
        if (HoldsBytes(message))
        {
            to.Write(Of(message));
        }
        else
        {
            message.WriteTo(to);
        }
    }

    private static byte[]? ToCharacters(ReadOnlySpan<byte> bytes) =>
        ByteText.IsPlain(bytes) ? null : System.Text.Encoding.UTF8.GetBytes(ByteText.Decode(bytes));

    private static byte[]? ToBytes(ReadOnlySpan<byte> bytes) =>
        ByteText.IsPlain(bytes) ? null : ByteText.Encode(System.Text.Encoding.UTF8.GetString(bytes));

    private static bool HoldsBytes(IMessage message)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.FieldType is FieldType.String or FieldType.Message
                && (field.IsRepeated
                    ? ((System.Collections.IList)field.Accessor.GetValue(message)).Cast<object>().Any(HoldsBytes)
                    : field.Accessor.HasValue(message) && HoldsBytes(field.Accessor.GetValue(message))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HoldsBytes(object value) =>
        value is string text ? ByteText.HoldsBytes(text) : HoldsBytes((IMessage)value);
}
