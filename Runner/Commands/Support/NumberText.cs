using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Cnn.Runner.Commands.Support;

/// <summary>Describes what is wrong with a text that should be a number or a truth value.</summary>
internal static class NumberText
{
    /// <summary>
    /// Returns a text such as "abc, it must be a whole number"; null when every value is right or the type is another.
    /// </summary>
    /// <param name="values">The values as given.</param>
    /// <param name="type">The type to read, nullable or not.</param>
    public static string? Mistake(IEnumerable<Token> values, Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return values.Select(v => Mistake(v.Value, plain)).FirstOrDefault(m => m is not null);
    }

    private static string? Mistake(string text, Type type) =>
        type == typeof(int) ? Whole(text, int.MinValue, int.MaxValue)
        : type == typeof(long) ? Whole(text, long.MinValue, long.MaxValue)
        : type == typeof(ulong) ? Whole(text, ulong.MinValue, ulong.MaxValue)
        : type == typeof(double) && !double.TryParse(text, CultureInfo.InvariantCulture, out _)
            ? $"{Shown(text)}, it must be a number"
        : type == typeof(bool) && !bool.TryParse(text, out _) ? $"{Shown(text)}, it must be true or false"
        : null;

    private static string? Whole(string text, BigInteger least, BigInteger most) =>
        !BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger value)
            ? $"{Shown(text)}, it must be a whole number"
        : value < least ? $"{text}, at least {least}"
        : value > most ? $"{text}, at most {most}"
        : null;

    private static string Shown(string text) => text.Trim().Length == 0 ? "empty" : text;
}
