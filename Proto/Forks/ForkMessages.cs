using Google.Protobuf.Reflection;

namespace Cnn.Proto.Forks;

/// <summary>The messages about names that the schema does not have, which know the forks that have them.</summary>
internal static class ForkMessages
{
    private const string WithoutIt = "delete it if the net computes the same without it";

    private const string OwnType = "write it as a plug-in: a C# class with [LayerType(\"...\")] that derives from "
        + "Cnn.Layers.Layer, its assembly named with --plugin";

    private const string CurrentFormat = "types of your own, as plug-ins, go with the current format, layer { ... }";

    /// <summary>What to write instead of a fork's field.</summary>
    private static readonly Dictionary<(string? Message, string Field), string> Instead = new()
    {
        [("ConvolutionParameter", "relu")] = "write a ReLU layer after it",
        [("ConvolutionParameter", "negative_slope")] = "write a ReLU layer with this negative_slope after it",
        [("BatchNormParameter", "relu")] = "write a ReLU layer after it",
        [(null, "pad_type")] = "write the padding in numbers, as in pad: 1",
        [("ReshapeParameter", "pixelshuffler")] = "write it as Reshape, Permute and Reshape",
        [(null, "input_scale")] = "it is for whole-number arithmetic; use the float net that this one was made from",
    };

    /// <summary>
    /// Returns what is wrong with a field that a message does not have, what to do, and whether it is a fork's.
    /// </summary>
    public static (string Message, string? Hint, bool IsOfFork) UnknownField(string name, MessageDescriptor message)
    {
        if (ForksWith(name, message) is not { } forks)
        {
            var names = FieldNames.Of(message);
            return (TextMessages.UnknownField(TextMessages.Short(name), message), Suggestion.For(name, names), false);
        }

        string? instead = Instead.GetValueOrDefault((message.Name, name)) ?? Instead.GetValueOrDefault((null, name));
        return ($"field '{name}' of {message.Name} is of {forks} and not supported", instead ?? WithoutIt, true);
    }

    /// <summary>Whether a word that is not a value of a field is one in a fork.</summary>
    public static bool IsOfFork(FieldDescriptor field, string word) =>
        field.FieldType == FieldType.Enum && UnknownEnumValue(word, field.EnumType) is not null;

    // The forks' fields of a layer are known by its current message alone; and what forks call DistortionParameter has
    // another name here, since that one is taken.
    private static string? ForksWith(string name, MessageDescriptor message) => ForkTable.ForksWith(
        message == V1LayerParameter.Descriptor ? LayerParameter.Descriptor.Name
        : message == ColorDistortionParameter.Descriptor ? DistortionParameter.Descriptor.Name
        : message.Name,
        name);

    /// <summary>
    /// Returns what is wrong with an unknown value of an enum that forks have, and what to do, null for one of the
    /// other values; null when no fork has it.
    /// </summary>
    public static (string Message, string? Hint)? UnknownEnumValue(string value, EnumDescriptor type)
    {
        // Types of the format of 2014 are the values of an enum.
        bool isLayerType = type.ContainingType == V1LayerParameter.Descriptor;
        string? forks = isLayerType ? ForkTable.ForksWithType(value) : ForkTable.ForksWith(NameOf(type), value);
        return forks is null
            ? null
            : ($"{type.Name} '{value}' is of {forks} and not supported", isLayerType ? CurrentFormat : null);
    }

    // Enums of messages stand in the table under both names.
    private static string NameOf(EnumDescriptor type) =>
        type.ContainingType is { } message ? $"{message.Name}.{type.Name}" : type.Name;

    /// <summary>Returns what is wrong with a layer type that nobody registered, and what to do.</summary>
    /// <param name="type">The type.</param>
    /// <param name="known">The registered types.</param>
    public static (string Message, string Hint) UnknownType(string type, IEnumerable<string> known) =>
        ForkTable.ForksWithType(type) is { } forks
            ? ($"layer type '{type}' is of {forks} and not supported", OwnType)
            : ($"unknown layer type '{type}'",
                Suggestion.For(type, known) ?? "name its assembly with --plugin if it is your own");
}
