namespace Cnn.Layers.Plugins;

/// <summary>The C# types that an option may have.</summary>
internal static class OptionType
{
    private static readonly Type[] Integers = [typeof(int), typeof(long), typeof(uint), typeof(ulong), typeof(byte)];

    /// <summary>Returns the type without its <c>?</c>.</summary>
    public static Type Bare(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    /// <summary>Returns the type of a list's elements; null when the type is not a list.</summary>
    public static Type? ElementOf(Type type)
    {
        if (type.IsArray)
        {
            return type.GetArrayRank() == 1 ? type.GetElementType() : null;
        }

        if (!type.IsGenericType)
        {
            return null;
        }

        Type open = type.GetGenericTypeDefinition();
        return open == typeof(IReadOnlyList<>) || open == typeof(IReadOnlyCollection<>) || open == typeof(IEnumerable<>)
            || open == typeof(IList<>) || open == typeof(List<>)
            ? type.GetGenericArguments()[0]
            : null;
    }

    /// <summary>Converts an array to the list type of an option.</summary>
    public static object ToList(Array values, Type type) =>
        type.IsAssignableFrom(values.GetType()) ? values : Activator.CreateInstance(type, values)!;

    /// <summary>Whether a type without <c>?</c> is written as one value.</summary>
    public static bool IsScalar(Type type) => type == typeof(string) || type == typeof(bool) || type.IsEnum
        || IsInteger(type) || IsFloat(type);

    /// <summary>Whether a type is an integer.</summary>
    public static bool IsInteger(Type type) => Integers.Contains(type);

    /// <summary>Whether a type is <see cref="float"/> or <see cref="double"/>.</summary>
    public static bool IsFloat(Type type) => type == typeof(float) || type == typeof(double);

    /// <summary>Whether an option may have the type.</summary>
    public static bool IsSupported(Type type)
    {
        Type bare = Bare(ElementOf(type) ?? type);
        return IsScalar(bare)
            || (bare.IsClass && !bare.IsArray && !bare.IsAbstract && bare != typeof(object)
                && !typeof(System.Collections.IEnumerable).IsAssignableFrom(bare)
                && !typeof(Delegate).IsAssignableFrom(bare)
                && bare.Namespace?.StartsWith("System", StringComparison.Ordinal) != true);
    }

    /// <summary>Describes a type: "an integer", "one of MAX, AVE", "a list of numbers".</summary>
    public static string Describe(Type type)
    {
        if (ElementOf(type) is { } element)
        {
            return $"a list, each {Describe(element)}";
        }

        Type bare = Bare(type);
        return bare == typeof(string) ? "a string"
            : bare == typeof(bool) ? "true or false"
            : bare.IsEnum ? $"one of {string.Join(", ", OptionScalar.EnumNames(bare))}"
            : bare == typeof(int) || bare == typeof(long) ? "an integer"
            : IsInteger(bare) ? "an integer that is not negative"
            : IsFloat(bare) ? "a number"
            : "a block";
    }
}
