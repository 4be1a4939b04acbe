using System.Reflection;
using System.Reflection.Emit;

namespace Cnn.Tests.Architecture;

/// <summary>
/// Lists the types and members that the code of an assembly mentions: in signatures, fields and the IL of its methods.
/// </summary>
internal static class CodeReferences
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance
        | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!)
        .ToDictionary(o => o.Value);

    /// <summary>Returns what a type's code mentions: each member, and each type as itself.</summary>
    public static IEnumerable<MemberInfo> Of(Type type)
    {
        var found = new HashSet<MemberInfo>();
        Add(type.BaseType);
        foreach (Type contract in type.GetInterfaces())
        {
            Add(contract);
        }

        foreach (FieldInfo field in type.GetFields(Declared))
        {
            Add(field.FieldType);
        }

        foreach (MethodBase method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)))
        {
            Add((method as MethodInfo)?.ReturnType);
            foreach (ParameterInfo parameter in method.GetParameters())
            {
                Add(parameter.ParameterType);
            }

            foreach (LocalVariableInfo local in method.GetMethodBody()?.LocalVariables ?? [])
            {
                Add(local.LocalType);
            }

            foreach (MemberInfo member in InCode(method))
            {
                found.Add(member);
                Add(member as Type ?? member.DeclaringType);
            }
        }

        return found;

        void Add(Type? mentioned)
        {
            while (mentioned?.HasElementType == true)
            {
                mentioned = mentioned.GetElementType();
            }

            if (mentioned is null || mentioned.IsGenericParameter || !found.Add(mentioned))
            {
                return;
            }

            foreach (Type argument in mentioned.GenericTypeArguments)
            {
                Add(argument);
            }
        }
    }

    /// <summary>Returns the members that the IL of one method mentions.</summary>
    public static IEnumerable<MemberInfo> InCode(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        Type[]? typeArguments = method.DeclaringType?.GetGenericArguments();
        Type[]? methodArguments = method is MethodInfo { IsGenericMethod: true } generic
            ? generic.GetGenericArguments()
            : null;
        for (int i = 0; i < code.Length;)
        {
            short value = code[i] == 0xFE ? (short)(0xFE00 | code[i + 1]) : code[i];
            OpCode operation = OpCodesByValue[value];
            i += operation.Size;
            switch (operation.OperandType)
            {
                case OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType
                    or OperandType.InlineTok:
                    yield return method.Module.ResolveMember(
                        BitConverter.ToInt32(code, i), typeArguments, methodArguments)!;
                    i += 4;
                    break;
                case OperandType.InlineSwitch:
                    i += 4 + (4 * BitConverter.ToInt32(code, i));
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    i += 8;
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    i += 1;
                    break;
                case OperandType.InlineVar:
                    i += 2;
                    break;
                default:
                    i += 4;
                    break;
            }
        }
    }
}
