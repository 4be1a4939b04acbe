using System.Collections;
using System.Globalization;
using Cnn.Engine.Runs;
using Cnn.Proto;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Engine.Solvers.Recording;

/// <summary>The fields that a solver's definition sets, as the settings of a run.</summary>
internal static class SolverSettings
{
    /// <summary>
    /// Returns the fields that are set, in the order of the file; those of a message within it are named like
    /// <c>early_stopping.patience</c>. Nets that are written in the solver are no settings.
    /// </summary>
    public static IReadOnlyList<RunSetting> Of(SolverParameter definition, SourceMap sources) =>
    [
        .. SolverParameter.Descriptor.Fields.InFieldNumberOrder()
            .Where(f => f.FieldNumber != SolverParameter.RunFieldNumber && !IsNet(f))
            .Where(f => IsSet(definition, f))
            .OrderBy(f => LineOf(definition, f, sources))
            .SelectMany(f => SettingsOf(definition, f, "")),
    ];

    private static bool IsNet(FieldDescriptor field) =>
        field.FieldType == FieldType.Message && field.MessageType == NetParameter.Descriptor;

    private static bool IsSet(IMessage message, FieldDescriptor field) => field.IsRepeated
        ? ((IList)field.Accessor.GetValue(message)).Count > 0
        : field.Accessor.HasValue(message);

    // Fields that the command line or an upgrade set come last: for them the map has the place of the whole, which a
    // message at the start of the file equals.
    private static (int Line, int Column) LineOf(SolverParameter definition, FieldDescriptor field, SourceMap sources)
    {
        SourceLocation? start = sources.Find(definition), at = sources.Find(definition, field.FieldNumber);
        return at is null || ReferenceEquals(at, start) ? (int.MaxValue, 0) : (at.Line, at.Column);
    }

    private static IEnumerable<RunSetting> SettingsOf(IMessage message, FieldDescriptor field, string prefix)
    {
        string name = prefix + field.Name;
        object value = field.Accessor.GetValue(message);
        if (field.IsRepeated && field.FieldType != FieldType.Message)
        {
            return [new RunSetting(name, string.Join(", ", ((IList)value).Cast<object>().Select(v => Text(field, v))))];
        }

        if (field.FieldType != FieldType.Message)
        {
            return [new RunSetting(name, Text(field, value))];
        }

        return field.IsRepeated
            ? ((IList)value).Cast<IMessage>().Index().SelectMany(m => Flattened(m.Item, $"{name}.{m.Index}."))
            : Flattened((IMessage)value, name + ".");
    }

    private static IEnumerable<RunSetting> Flattened(IMessage message, string prefix) => message.Descriptor.Fields
        .InFieldNumberOrder().Where(f => IsSet(message, f)).SelectMany(f => SettingsOf(message, f, prefix));

    private static string Text(FieldDescriptor field, object value) => field.FieldType switch
    {
        FieldType.Enum => field.EnumType.FindValueByNumber(Convert.ToInt32(value, CultureInfo.InvariantCulture))?.Name
            ?? Convert.ToInt32(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        FieldType.Bool => (bool)value ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
