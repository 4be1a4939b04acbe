using System.Collections;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// Reads one message of any type from prototxt. After a mistake it skips the value and goes on, so that all mistakes of
/// a file are reported at once.
/// </summary>
internal sealed class TextParser
{
    private const int MaxDepth = 100;
    private const int MaxErrors = 50;

    private readonly string text;
    private readonly string file;
    private readonly SourceMap sources;
    private readonly TextLexer lexer;
    private readonly List<Diagnostic> errors = [];
    private readonly List<byte> bytes = [];
    private (int Line, string Text) lastLine = (0, "");
    private bool givenUp;

    public TextParser(string text, string file, SourceMap? sources)
    {
        this.text = text;
        this.file = file;
        this.sources = sources ?? new SourceMap();
        lexer = new TextLexer(text);
    }

    public IReadOnlyList<Diagnostic> Errors => errors;

    public IMessage Parse(MessageDescriptor descriptor)
    {
        IMessage message = Create(descriptor);
        sources.Record(message, Location(lexer.Current));
        Fields(message, '\0', 0);
        return message;
    }

    private static IMessage Create(MessageDescriptor type) => (IMessage)Activator.CreateInstance(type.ClrType)!;

    private void Fields(IMessage message, char closer, int depth)
    {
        TextToken opened = lexer.Current;
        var given = new HashSet<int>();
        var options = new Dictionary<string, PluginOption>();
        while (!givenUp && !lexer.IsSymbol(closer))
        {
            if (lexer.Current.Kind == TextTokenKind.End)
            {
                if (closer != '\0')
                {
                    Report(lexer.Current, TextMessages.UnclosedMessage(closer.ToString()));
                    givenUp = true;
                }

                break;
            }

            if (message is PluginParameter block)
            {
                Option(block, options, depth);
            }
            else
            {
                Field(message, given, depth);
            }

            if (!lexer.Take(','))
            {
                lexer.Take(';');
            }
        }

        if (!givenUp)
        {
            RequireFields(message, opened);
        }
    }

    private void Field(IMessage message, HashSet<int> given, int depth)
    {
        TextToken at = lexer.Current;
        if (at.Kind != TextTokenKind.Identifier)
        {
            Report(at, TextMessages.Expected("the name of a field", Found()));
            SkipToField();
            return;
        }

        string name = lexer.Span.ToString();
        lexer.Advance();
        FieldDescriptor? field = message.Descriptor.FindFieldByName(name);
        if (field is null)
        {
            var names = message.Descriptor.Fields.InDeclarationOrder().Select(f => f.Name);
            Report(at, TextMessages.UnknownField(name, message.Descriptor), Suggestion.For(name, names));
            SkipValue(depth);
            return;
        }

        if (!field.IsRepeated)
        {
            CheckSingular(message, field, given, at);
        }

        bool hasColon = lexer.Take(':');
        if (!hasColon && field.FieldType != FieldType.Message)
        {
            Report(lexer.Current, TextMessages.Expected($"':' after '{name}'", Found()));
        }

        if (!lexer.Take('['))
        {
            Value(message, field, at, depth);
            return;
        }

        if (!field.IsRepeated)
        {
            Report(at, TextMessages.NotRepeated(name));
        }

        while (!givenUp && !lexer.IsSymbol(']'))
        {
            Value(message, field, at, depth);
            if (!lexer.Take(',') && !lexer.IsSymbol(']'))
            {
                Report(lexer.Current, TextMessages.Expected("',' or ']'", Found()));
                SkipToField();
                return;
            }
        }

        lexer.Take(']');
    }

    private void CheckSingular(IMessage message, FieldDescriptor field, HashSet<int> given, TextToken at)
    {
        if (!given.Add(field.FieldNumber))
        {
            Report(at, TextMessages.GivenTwice(field.Name, message.Descriptor));
        }
        else if (field.RealContainingOneof is { } group && group.Accessor.GetCaseFieldDescriptor(message) is not null)
        {
            Report(at, TextMessages.OneOfGivenTwice(field.Name, group.Name));
        }
    }

    private void Value(IMessage message, FieldDescriptor field, TextToken name, int depth)
    {
        TextToken at = lexer.Current;
        object? value = field.FieldType switch
        {
            FieldType.Message => Message(field.MessageType, depth),
            FieldType.String or FieldType.Bytes => Quoted(field),
            _ => Scalar(field),
        };
        if (value is null)
        {
            return;
        }

        // The name is what an editor should jump to, the value what a list's element is known by.
        if (field.IsRepeated)
        {
            var list = (IList)field.Accessor.GetValue(message);
            if (list.Count == 0 || field.FieldType is FieldType.Message or FieldType.String)
            {
                sources.Record(message, field.FieldNumber, list.Count, Location(at));
            }

            list.Add(value);
        }
        else
        {
            sources.Record(message, field.FieldNumber, 0, Location(field.FieldType == FieldType.Message ? name : at));
            field.Accessor.SetValue(message, value);
        }

        if (value is IMessage nested && sources.Find(nested) is null)
        {
            sources.Record(nested, Location(name));
        }
    }

    private IMessage? Message(MessageDescriptor type, int depth)
    {
        TextToken at = lexer.Current;
        char closer = lexer.IsSymbol('{') ? '}' : lexer.IsSymbol('<') ? '>' : '\0';
        if (closer == '\0')
        {
            Report(at, TextMessages.Expected($"'{{' to start a {type.Name}", Found()));
            SkipScalar();
            return null;
        }

        if (depth >= MaxDepth)
        {
            Report(at, TextMessages.TooDeep(MaxDepth));
            givenUp = true;
            return null;
        }

        lexer.Advance();
        IMessage message = Create(type);
        Fields(message, closer, depth + 1);
        lexer.Take(closer);
        return message;
    }

    private object? Quoted(FieldDescriptor field)
    {
        if (lexer.Current.Kind != TextTokenKind.String)
        {
            Report(lexer.Current, TextMessages.Expected($"{TextMessages.TypeName(field)} for '{field.Name}'", Found()));
            SkipScalar();
            return null;
        }

        TextToken first = lexer.Current;
        if (!Unquote())
        {
            return null;
        }

        if (field.FieldType == FieldType.Bytes)
        {
            return ByteString.CopyFrom([.. bytes]);
        }

        return Utf8(first);
    }

    private string? Utf8(TextToken at)
    {
        try
        {
            return new UTF8Encoding(false, true).GetString([.. bytes]);
        }
        catch (ArgumentException)
        {
            Report(at, "the string's escapes are not UTF-8");
            return null;
        }
    }

    // Adjacent strings are one string.
    private bool Unquote()
    {
        bytes.Clear();
        bool isRight = true;
        while (lexer.Current.Kind == TextTokenKind.String)
        {
            TextToken token = lexer.Current;
            if (StringText.Unescape(text.AsSpan(token.Start + 1, token.Length - 2), bytes) is { } wrong)
            {
                Report(token with { Start = token.Start + 1 + wrong.At }, wrong.Message);
                isRight = false;
            }

            lexer.Advance();
        }

        return isRight;
    }

    private object? Scalar(FieldDescriptor field)
    {
        TextToken at = lexer.Current;
        if (ScalarWord() is not { } word)
        {
            Report(at, TextMessages.Expected($"{TextMessages.TypeName(field)} for '{field.Name}'", Found()));
            SkipScalar();
            return null;
        }

        if (ScalarText.TryParse(field, word, out object? value, out var problem))
        {
            return value;
        }

        Report(at, problem.Message, problem.Hint);
        return null;
    }

    /// <summary>An unquoted word with its sign; null, and nothing taken, when there is none.</summary>
    private string? ScalarWord()
    {
        bool isNegative = lexer.Take('-');
        if (lexer.Current.Kind is not (TextTokenKind.Identifier or TextTokenKind.Number))
        {
            return null;
        }

        string word = (isNegative ? "-" : "") + lexer.Span.ToString();
        lexer.Advance();
        return word;
    }

    private void Option(PluginParameter block, Dictionary<string, PluginOption> options, int depth)
    {
        TextToken at = lexer.Current;
        if (at.Kind != TextTokenKind.Identifier)
        {
            Report(at, TextMessages.Expected("the name of an option", Found()));
            SkipToField();
            return;
        }

        string name = lexer.Span.ToString();
        lexer.Advance();
        if (!options.TryGetValue(name, out PluginOption? option))
        {
            options[name] = option = new PluginOption { Name = name };
            sources.Record(option, Location(at));
            block.Option.Add(option);
        }

        bool hasColon = lexer.Take(':');
        if (!hasColon && !lexer.IsSymbol('{') && !lexer.IsSymbol('<'))
        {
            Report(lexer.Current, TextMessages.Expected($"':' after '{name}'", Found()));
        }

        if (!lexer.Take('['))
        {
            OptionValue(option, depth);
            return;
        }

        while (!givenUp && !lexer.IsSymbol(']'))
        {
            OptionValue(option, depth);
            if (!lexer.Take(',') && !lexer.IsSymbol(']'))
            {
                Report(lexer.Current, TextMessages.Expected("',' or ']'", Found()));
                SkipToField();
                return;
            }
        }

        lexer.Take(']');
    }

    private void OptionValue(PluginOption option, int depth)
    {
        TextToken at = lexer.Current;
        var value = new PluginValue();
        if (lexer.IsSymbol('{') || lexer.IsSymbol('<'))
        {
            value.Block = (PluginParameter?)Message(PluginParameter.Descriptor, depth);
        }
        else if (at.Kind == TextTokenKind.String)
        {
            value.Text = (Unquote() ? Utf8(at) : null) ?? "";
        }
        else if (ScalarWord() is { } word)
        {
            value.Scalar = word;
        }
        else
        {
            Report(at, TextMessages.Expected($"a value for '{option.Name}'", Found()));
            SkipScalar();
            return;
        }

        sources.Record(value, Location(at));
        option.Value.Add(value);
    }

    private void RequireFields(IMessage message, TextToken at)
    {
        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.IsRequired && !field.Accessor.HasValue(message))
            {
                Report(at, TextMessages.MissingRequired(field.Name, message.Descriptor));
            }
        }
    }

    // Skips what follows an unknown name: a value, a list or a block with all that is in it.
    private void SkipValue(int depth)
    {
        lexer.Take(':');
        int open = 0;
        do
        {
            if (lexer.IsSymbol('{') || lexer.IsSymbol('<') || lexer.IsSymbol('['))
            {
                open++;
            }
            else if (lexer.IsSymbol('}') || lexer.IsSymbol('>') || lexer.IsSymbol(']'))
            {
                if (open == 0)
                {
                    return;
                }

                open--;
            }
            else if (lexer.Current.Kind == TextTokenKind.End || depth > MaxDepth)
            {
                return;
            }

            bool isSign = lexer.IsSymbol('-');
            bool isString = lexer.Current.Kind == TextTokenKind.String;
            lexer.Advance();
            if (open == 0 && (isSign || (isString && lexer.Current.Kind == TextTokenKind.String)))
            {
                open = 0;
                continue;
            }

            if (open == 0)
            {
                return;
            }
        }
        while (true);
    }

    private void SkipScalar()
    {
        if (lexer.IsSymbol('{') || lexer.IsSymbol('<') || lexer.IsSymbol('['))
        {
            SkipValue(0);
        }
        else if (lexer.Current.Kind is TextTokenKind.Number or TextTokenKind.String or TextTokenKind.Invalid
            || (lexer.Current.Kind == TextTokenKind.Identifier))
        {
            lexer.Advance();
        }
        else if (lexer.Current.Kind == TextTokenKind.Symbol && !IsCloser())
        {
            lexer.Advance();
        }
    }

    // Always takes something, unless it stands before a closing bracket of the message around.
    private void SkipToField()
    {
        int line = lexer.Current.Line;
        do
        {
            if (IsCloser() && lexer.Current.Line != line)
            {
                return;
            }

            lexer.Advance();
        }
        while (lexer.Current.Kind is not (TextTokenKind.End or TextTokenKind.Identifier) && !IsCloser());
    }

    private bool IsCloser() => lexer.IsSymbol('}') || lexer.IsSymbol('>');

    private string Found() => lexer.Current.Kind switch
    {
        TextTokenKind.End => "the end of the file",
        TextTokenKind.Invalid when lexer.Span.Length > 0 && lexer.Span[0] is '"' or '\'' => "a string without its closing quote",
        TextTokenKind.Invalid => $"the character {Visible(lexer.Span)}",
        _ => lexer.Span.Length > 40 ? $"'{lexer.Span[..40]}...'" : $"'{lexer.Span}'",
    };

    private static string Visible(ReadOnlySpan<char> c) =>
        c.Length > 0 && char.IsControl(c[0]) ? $"U+{(int)c[0]:X4}" : $"'{c}'";

    private void Report(TextToken at, string message, string? hint = null)
    {
        if (errors.Count >= MaxErrors)
        {
            errors.Add(new Diagnostic(TextMessages.TooManyErrors, Location(at)));
            givenUp = true;
        }

        if (!givenUp)
        {
            errors.Add(new Diagnostic(message, Location(at), hint));
        }
    }

    private SourceLocation Location(TextToken at)
    {
        if (lastLine.Line != at.Line)
        {
            // A line of blob data can be the whole file; what a caret needs of it is little.
            const int Kept = 4096;
            int start = Math.Max(0, at.LineStart), end = Math.Min(text.Length, start + Kept);
            int newline = text.AsSpan(start, end - start).IndexOf('\n');
            lastLine = (at.Line, text.Substring(start, newline < 0 ? end - start : newline).TrimEnd('\r'));
        }

        return new SourceLocation(file, at.Line, at.Start - at.LineStart + 1, lastLine.Text);
    }
}
