using System.Reflection;
using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Architecture;

/// <summary>The fields of nets and solvers whose values no code of the product asks for.</summary>
internal static class UnreadFields
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // Formats before the current one, which are upgraded; arrays of numbers.
    private static readonly MessageDescriptor[] Others =
        [V0LayerParameter.Descriptor, V1LayerParameter.Descriptor, BlobProto.Descriptor];

    /// <summary>
    /// Returns the fields of all messages in nets and solvers that some assemblies do not read by their properties. The
    /// fields of a message that nobody reads are not listed one by one.
    /// </summary>
    /// <param name="assemblies">Assemblies; what messages do with their own fields does not count.</param>
    public static IReadOnlyList<FieldDescriptor> In(IEnumerable<Assembly> assemblies)
    {
        HashSet<(Type?, string)> read =
        [
            .. assemblies.SelectMany(a => a.GetTypes()).Where(t => !IsOfMessage(t))
                .SelectMany(t => t.GetMethods(Declared).Concat<MethodBase>(t.GetConstructors(Declared)))
                .SelectMany(CodeReferences.InCode)
                .OfType<MethodInfo>()
                .Where(m => m.DeclaringType?.IsAssignableTo(typeof(IMessage)) == true)
                .Select(m => (m.DeclaringType, m.Name)),
        ];
        return [.. Messages(IsRead).SelectMany(m => m.Fields.InDeclarationOrder()).Where(f => !IsRead(f))];

        bool IsRead(FieldDescriptor field) =>
            read.Contains((field.ContainingType.ClrType, $"get_{field.PropertyName}"))
            || read.Contains((field.ContainingType.ClrType, $"get_Has{field.PropertyName}"));
    }

    private static bool IsOfMessage(Type? type) =>
        type is not null && (type.IsAssignableTo(typeof(IMessage)) || IsOfMessage(type.DeclaringType));

    private static HashSet<MessageDescriptor> Messages(Func<FieldDescriptor, bool> isRead)
    {
        var found = new HashSet<MessageDescriptor>();
        var left = new Queue<MessageDescriptor>([NetParameter.Descriptor, SolverParameter.Descriptor]);
        while (left.TryDequeue(out MessageDescriptor? message))
        {
            if (!Others.Contains(message) && found.Add(message))
            {
                message.Fields.InDeclarationOrder()
                    .Where(f => f.FieldType == FieldType.Message && isRead(f))
                    .ToList().ForEach(f => left.Enqueue(f.MessageType));
            }
        }

        return found;
    }
}
