using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Cnn.Proto;

namespace Cnn.Layers.Plugins;

/// <summary>The options of a record, and how to create the record from values.</summary>
internal sealed class OptionShape
{
    private readonly ConstructorInfo constructor;

    private OptionShape(ConstructorInfo constructor, IReadOnlyList<OptionMember> members)
    {
        this.constructor = constructor;
        Members = members;
    }

    /// <summary>The options: the constructor's parameters first, then the properties.</summary>
    public IReadOnlyList<OptionMember> Members { get; }

    /// <summary>Returns the shape of a type.</summary>
    /// <exception cref="CnnException">The type cannot hold options; this is an error of the plug-in.</exception>
    public static OptionShape Of(Type type)
    {
        ConstructorInfo constructor =
            (type.IsAbstract ? [] : type.GetConstructors())
            .OrderByDescending(c => c.GetParameters().Length)
            .FirstOrDefault()
            ?? throw new CnnException(
                $"the plug-in's options type {type} cannot be created", "give it a public constructor");
        var nullability = new NullabilityInfoContext();
        var members = new List<OptionMember>();
        PropertyInfo[] properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance);
        foreach (ParameterInfo parameter in constructor.GetParameters())
        {
            bool mayBeLeftOut = parameter.HasDefaultValue
                || OptionType.ElementOf(parameter.ParameterType) is not null
                || Nullable.GetUnderlyingType(parameter.ParameterType) is not null
                || (!parameter.ParameterType.IsValueType
                    && nullability.Create(parameter).WriteState == NullabilityState.Nullable);
            PropertyInfo? property = Array.Find(
                properties, p => p.Name.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase));
            members.Add(new OptionMember(
                SnakeCase(parameter.Name!), parameter.ParameterType, !mayBeLeftOut, parameter, property));
        }

        bool setsRequired = constructor.IsDefined(typeof(System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute));
        foreach (PropertyInfo property in properties)
        {
            if (property.SetMethod is { IsPublic: true } && members.All(m => m.Property != property)
                && property.GetIndexParameters().Length == 0)
            {
                bool isRequired = property.IsDefined(typeof(RequiredMemberAttribute)) && !setsRequired;
                members.Add(new OptionMember(
                    SnakeCase(property.Name), property.PropertyType, isRequired, null, property));
            }
        }

        OptionMember? unusable = members.Find(m => !OptionType.IsSupported(m.Type));
        return unusable is null
            ? new OptionShape(constructor, members)
            : throw new CnnException(
                $"the plug-in's options type {type} has the option '{unusable.Name}' of the type {unusable.Type}, "
                + "which cannot be written in a file",
                "use numbers, booleans, strings, enums, records, and arrays or read-only lists of these");
    }

    /// <summary>Returns the option of a name; null when there is none.</summary>
    public OptionMember? Find(string name) => Members.FirstOrDefault(m => m.Name == name);

    /// <summary>Creates the record.</summary>
    /// <exception cref="ArgumentException">The constructor or a property rejects a value.</exception>
    public object Make(IReadOnlyDictionary<OptionMember, object?> values)
    {
        OptionMember[] parameters = [.. Members.Where(m => m.Parameter is not null)];
        object?[] arguments = Array.ConvertAll(
            parameters, m => values.TryGetValue(m, out object? value) ? value : DefaultOf(m));
        object made = constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
        foreach (OptionMember member in Members)
        {
            if (member.Parameter is null && values.TryGetValue(member, out object? value))
            {
                member.Property!.SetValue(made, value, BindingFlags.DoNotWrapExceptions, null, null, null);
            }
        }

        return made;
    }

    /// <summary>
    /// Returns <c>NumOutput</c> and <c>numOutput</c> as <c>num_output</c>, <c>RGBMean</c> as <c>rgb_mean</c>.
    /// </summary>
    public static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        for (int i = 0; i < name.Length; i++)
        {
            bool startsWord = i > 0 && char.IsUpper(name[i]) && name[i - 1] != '_'
                && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1])));
            text.Append(startsWord ? "_" : "").Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }

    private static object? DefaultOf(OptionMember member) =>
        member.Parameter!.HasDefaultValue ? EnumAware(member.Parameter)
        : OptionType.ElementOf(member.Type) is { } element
            ? OptionType.ToList(Array.CreateInstance(element, 0), member.Type)
            : null;

    // Reflection gives a struct's default as null and a nullable enum's as its number.
    private static object? EnumAware(ParameterInfo parameter)
    {
        Type bare = OptionType.Bare(parameter.ParameterType);
        return parameter.DefaultValue switch
        {
            null => null,
            var value when bare.IsEnum => Enum.ToObject(bare, value),
            var value => value,
        };
    }
}
