using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Cnn.Layers.Plugins;

/// <summary>One option of an options record: a parameter of its constructor or a settable property.</summary>
/// <param name="Name">The name as written in a file: snake_case.</param>
/// <param name="Type">The C# type.</param>
/// <param name="IsRequired">Whether it must be given.</param>
/// <param name="Parameter">The constructor's parameter; null for a property.</param>
/// <param name="Property">The property; null when the parameter has none of its name.</param>
internal sealed record OptionMember(
    string Name, Type Type, bool IsRequired, ParameterInfo? Parameter, PropertyInfo? Property)
{
    /// <summary>
    /// Returns the objections of the validation attributes on the parameter or the property to a value.
    /// </summary>
    public IEnumerable<string> Validate(object? value)
    {
        IEnumerable<ValidationAttribute> rules =
            (Parameter?.GetCustomAttributes<ValidationAttribute>() ?? [])
            .Concat(Property?.GetCustomAttributes<ValidationAttribute>() ?? []);
        foreach (ValidationAttribute rule in rules)
        {
            // The default text of a range says "field", which is an option here.
            if (!rule.IsValid(value))
            {
                yield return rule is RangeAttribute { ErrorMessage: null } range
                    ? FormattableString.Invariant(
                        $"option '{Name}' is {value}; it must be between {range.Minimum} and {range.Maximum}")
                    : rule.FormatErrorMessage($"option '{Name}'");
            }
        }
    }
}
