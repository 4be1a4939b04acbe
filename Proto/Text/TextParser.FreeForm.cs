namespace Cnn.Proto;

/// <summary>Parses the free-form block of a plug-in's options: arbitrary names, values without a type.</summary>
internal sealed partial class TextParser
{
    private void Option(PluginParameter block, Dictionary<string, PluginOption> options, int depth)
    {
        TextToken at = lexer.Current;
        if (at.Kind != TextTokenKind.Identifier)
        {
            Report(at, TextMessages.Expected("the name of an option", Found()));
            SkipNameless();
            return;
        }

        if (!CountMessage(at))
        {
            return;
        }

        PluginOption option = OptionNamed(block, options, at);
        lexer.Advance();
        if (!lexer.Take(':') && !lexer.IsSymbol('{') && !lexer.IsSymbol('<'))
        {
            Report(lexer.Current, TextMessages.Expected($"':' after '{Short(option.Name)}'", Found()));
            SkipValue();
            return;
        }

        if (!lexer.Take('['))
        {
            OptionValue(option, at, depth);
            return;
        }

        if (lexer.Take(']'))
        {
            return;
        }

        bool isRight;
        do
        {
            isRight = OptionValue(option, lexer.Current, depth);
        }
        while (AnotherElement(isRight));
    }

    // A name given more than once collects its values, as a repeated field does.
    private PluginOption OptionNamed(PluginParameter block, Dictionary<string, PluginOption> options, TextToken at)
    {
        var names = options.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!names.TryGetValue(lexer.Span, out PluginOption? option))
        {
            option = new PluginOption { Name = lexer.Span.ToString() };
            options[option.Name] = option;
            sources.Record(option, Location(at));
            block.Option.Add(option);
        }

        return option;
    }

    private bool OptionValue(PluginOption option, TextToken name, int depth)
    {
        TextToken at = lexer.Current;
        if (!CountMessage(at))
        {
            return false;
        }

        SourceLocation place = Location(at);
        PluginValue? value = null;
        if (lexer.IsSymbol('{') || lexer.IsSymbol('<'))
        {
            var nested = (PluginParameter?)Nested(PluginParameter.Descriptor, name, Location(name), depth);
            value = nested is null ? null : new PluginValue { Block = nested };
        }
        else if (at.Kind == TextTokenKind.String)
        {
            value = Unquote() ? new PluginValue { Text = UnquotedText } : null;
        }
        else if (ScalarWord() is { } word)
        {
            value = new PluginValue { Scalar = word };
        }
        else
        {
            Report(at, TextMessages.Expected($"a value for '{Short(option.Name)}'", Found()));
            SkipValue();
        }

        if (value is null)
        {
            return false;
        }

        sources.Record(value, place);
        option.Value.Add(value);
        return true;
    }
}
