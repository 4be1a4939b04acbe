using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Layers.Plugins;

/// <summary>Binds one free-form block and the blocks in it, gathering every mistake.</summary>
internal sealed class OptionBinder(LayerContext context)
{
    private readonly List<Diagnostic> mistakes = [];

    /// <summary>Throws all mistakes, if there are any, in the order of the file.</summary>
    public void ThrowIfWrong()
    {
        if (mistakes.Count > 0)
        {
            throw new CnnException(
                [.. mistakes.OrderBy(m => m.Location?.Line ?? 0).ThenBy(m => m.Location?.Column ?? 0)]);
        }
    }

    /// <summary>Creates an object of the type with the block's values; returns null when there was a mistake.</summary>
    /// <param name="block">The block.</param>
    /// <param name="type">The record or class to create.</param>
    /// <param name="owner">The owner of these options, for messages: "a Snake layer", "option 'inner'".</param>
    public object? BindBlock(PluginParameter block, Type type, string owner)
    {
        int mistakesBefore = mistakes.Count;
        var shape = OptionShape.Of(type);
        var values = new Dictionary<OptionMember, object?>();
        foreach (PluginOption option in block.Option)
        {
            if (shape.Find(option.Name) is { } member)
            {
                BindMember(option, member, values);
            }
            else
            {
                string[] names = [.. shape.Members.Select(m => m.Name)];
                string hint = Suggestion.For(option.Name, names)
                    ?? (names.Length == 0 ? "it has none" : $"its options are {string.Join(", ", names)}");
                Add($"unknown option '{option.Name}' of {owner}", hint, option, block);
            }
        }

        foreach (OptionMember member in shape.Members)
        {
            if (member.IsRequired && block.Option.All(o => o.Name != member.Name))
            {
                Add(
                    $"option '{member.Name}' of {owner} is missing",
                    $"it needs {OptionType.Describe(member.Type)}",
                    block);
            }
        }

        return mistakes.Count == mistakesBefore ? Make(shape, values, block, owner) : null;
    }

    private void BindMember(PluginOption option, OptionMember member, Dictionary<OptionMember, object?> values)
    {
        int mistakesBefore = mistakes.Count;
        object? value;
        if (OptionType.ElementOf(member.Type) is { } element)
        {
            value = BindList(option, member, element);
        }
        else if (option.Value.Count != 1)
        {
            Add(
                option.Value.Count == 0
                    ? $"option '{member.Name}' has no value"
                    : $"option '{member.Name}' is given more than once",
                $"it takes {OptionType.Describe(member.Type)}",
                option.Value.Count > 1 ? option.Value[1] : option,
                option);
            return;
        }
        else
        {
            value = BindValue(option.Value[0], option, OptionType.Bare(member.Type));
        }

        if (mistakes.Count == mistakesBefore)
        {
            values[member] = value;
            foreach (string mistake in member.Validate(value))
            {
                Add(mistake, null, option.Value.FirstOrDefault() ?? (IMessage)option, option);
            }
        }
    }

    private object? BindList(PluginOption option, OptionMember member, Type element)
    {
        var list = Array.CreateInstance(element, option.Value.Count);
        int mistakesBefore = mistakes.Count;
        for (int i = 0; i < list.Length; i++)
        {
            object? value = BindValue(option.Value[i], option, OptionType.Bare(element));
            if (mistakes.Count == mistakesBefore)
            {
                list.SetValue(value, i);
            }
        }

        return mistakes.Count == mistakesBefore ? OptionType.ToList(list, member.Type) : null;
    }

    private object? BindValue(PluginValue value, PluginOption option, Type type)
    {
        if (OptionType.IsScalar(type))
        {
            if (OptionScalar.TryRead(value, type, out object? scalar, out string hint))
            {
                return scalar;
            }

            Add(
                $"option '{option.Name}' takes {OptionType.Describe(type)}, not {OptionScalar.Describe(value)}",
                hint,
                value,
                option);
            return null;
        }

        if (value.KindCase == PluginValue.KindOneofCase.Block)
        {
            return BindBlock(value.Block, type, $"option '{option.Name}'");
        }

        Add(
            $"option '{option.Name}' takes {OptionType.Describe(type)}, not {OptionScalar.Describe(value)}",
            $"write {option.Name} {{ ... }}",
            value,
            option);
        return null;
    }

    private object? Make(
        OptionShape shape, Dictionary<OptionMember, object?> values, PluginParameter block, string owner)
    {
        try
        {
            return shape.Make(values);
        }
        catch (ArgumentException exception)
        {
            string? name = exception.ParamName is { } parameter ? OptionShape.SnakeCase(parameter) : null;
            PluginOption? option = block.Option.FirstOrDefault(o => o.Name == name);
            int suffix = exception.Message.IndexOf(" (Parameter '", StringComparison.Ordinal);
            string text = suffix < 0 ? exception.Message : exception.Message[..suffix];
            Add(
                option is null ? $"the options of {owner} are wrong: {text}" : $"option '{name}': {text}",
                null,
                option?.Value.FirstOrDefault() ?? (IMessage)block,
                option ?? (IMessage)block);
            return null;
        }
    }

    private void Add(string message, string? hint, params ReadOnlySpan<IMessage> places)
    {
        SourceLocation? location = null;
        foreach (IMessage place in places)
        {
            location ??= context.Sources.Find(place);
        }

        location ??= context.Sources.Find(context.Parameter, LayerParameter.PluginParamFieldNumber)
            ?? context.Sources.Find(context.Parameter.PythonParam, PythonParameter.ParamStrFieldNumber)
            ?? context.Sources.Find(context.Parameter);
        mistakes.Add(new Diagnostic(message, location, hint, context.Parameter.Name));
    }
}
