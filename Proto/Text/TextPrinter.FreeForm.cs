namespace Cnn.Proto;

/// <summary>Prints free-form blocks: each option under its own name, as it was read.</summary>
internal sealed partial class TextPrinter
{
    private void Options(IEnumerable<PluginOption> options, int depth)
    {
        foreach (PluginOption option in options)
        {
            if (!IsWord(option.Name, isName: true))
            {
                throw new CnnException(TextMessages.UnprintableOption(option.Name));
            }

            if (option.Value.Count == 0)
            {
                Indent(depth);
                text.Write($"{option.Name}: []\n");
            }
            else if (option.Value.Count > 1 && option.Value.All(v => v.Block is null))
            {
                Indent(depth);
                text.Write($"{option.Name}: [{string.Join(", ", option.Value.Select(v => Word(option, v)))}]\n");
            }
            else
            {
                OneByOne(option, depth);
            }
        }
    }

    private void OneByOne(PluginOption option, int depth)
    {
        foreach (PluginValue value in option.Value)
        {
            Indent(depth);
            text.Write(option.Name);
            if (value.Block is { } block)
            {
                Block(block, depth);
            }
            else
            {
                text.Write($": {Word(option, value)}\n");
            }
        }
    }

    private static string Word(PluginOption option, PluginValue value) => value.KindCase switch
    {
        PluginValue.KindOneofCase.Text => StringText.Quote(ByteText.Encode(value.Text), isText: true),
        PluginValue.KindOneofCase.Scalar when IsWord(value.Scalar, isName: false) => value.Scalar,
        _ => throw new CnnException(TextMessages.UnprintableOption(option.Name)),
    };

    // A binary file can hold anything here; only what the lexer reads as one word can be written without quotes.
    private static bool IsWord(string word, bool isName)
    {
        var lexer = new TextLexer(word);
        if (!isName)
        {
            lexer.Take('-');
        }

        bool isKind = lexer.Current.Kind == TextTokenKind.Identifier
            || (!isName && lexer.Current.Kind == TextTokenKind.Number);
        int sign = !isName && word.StartsWith('-') ? 1 : 0;
        return isKind && lexer.Current.Start == sign && lexer.Current.Start + lexer.Current.Length == word.Length;
    }
}
