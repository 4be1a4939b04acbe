using System.Collections.Frozen;
using Google.Protobuf.Reflection;

namespace Cnn.Proto.Forks;

/// <summary>
/// The messages that only say how data is read, and changed on its way into a net. A field of a fork in them is a
/// mistake where the data is read, and none where it is made up.
/// </summary>
internal static class SourceFields
{
    private static readonly FrozenSet<MessageDescriptor> Messages = Reached(
        TransformationParameter.Descriptor,
        DataParameter.Descriptor,
        ImageDataParameter.Descriptor,
        AnnotatedDataParameter.Descriptor,
        DenseImageDataParameter.Descriptor,
        VideoDataParameter.Descriptor,
        WindowDataParameter.Descriptor,
        HDF5DataParameter.Descriptor,
        MemoryDataParameter.Descriptor);

    /// <summary>Whether a message is one of these.</summary>
    public static bool Has(MessageDescriptor message) => Messages.Contains(message);

    /// <summary>
    /// Whether an unknown field of a message may be a fork's that nobody told of: one of these has it, and none of its
    /// own fields is called alike.
    /// </summary>
    public static bool MayHave(MessageDescriptor message, string? suggestion) => suggestion is null && Has(message);

    private static FrozenSet<MessageDescriptor> Reached(params MessageDescriptor[] roots)
    {
        var reached = new HashSet<MessageDescriptor>();
        var left = new Stack<MessageDescriptor>(roots);
        while (left.TryPop(out MessageDescriptor? message))
        {
            if (reached.Add(message))
            {
                foreach (FieldDescriptor field in message.Fields.InDeclarationOrder())
                {
                    if (field.FieldType == FieldType.Message)
                    {
                        left.Push(field.MessageType);
                    }
                }
            }
        }

        return reached.ToFrozenSet();
    }
}
