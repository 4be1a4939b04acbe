using Cnn.Proto.Forks;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// Parses one message of any type from prototxt. After a mistake it skips the value and continues, so that all mistakes
/// of a file are reported at once. Takes time linear in the text, whatever the text.
/// </summary>
internal sealed partial class TextParser
{
    private const int MaxDepth = 100;

    // A few characters of text can make a message of a kilobyte, so a limit on the text does not limit the memory.
    private const int MaxMessages = 500_000;

    private readonly string text;
    private readonly string file;
    private readonly SourceMap sources;
    private readonly IgnoredHints ignored;

    // Whether mistakes in sources of data are kept for those who use the sources, rather than reported at once.
    private readonly bool postpones;
    private readonly Dictionary<MessageDescriptor, Dictionary<string, FieldDescriptor>> fieldsOfTypes = [];
    private TextLexer lexer;
    private int messages;

    public TextParser(string text, string file, SourceMap? sources, IgnoredHints? ignored = null)
    {
        this.text = text;
        this.file = file;
        this.sources = sources ?? new SourceMap();
        this.ignored = ignored ?? new IgnoredHints();
        postpones = ignored is not null;
        lexer = new TextLexer(text);
    }

    /// <summary>The mistakes found, in the order of the file.</summary>
    public IReadOnlyList<Diagnostic> Errors => repeated.Counted(errors);

    public IMessage Parse(MessageDescriptor descriptor)
    {
        TextToken at = lexer.Current;
        IMessage message = Create(descriptor);
        sources.Record(message, Location(at));
        Fields(message, '\0', at, at, 0);
        return message;
    }

    private static IMessage Create(MessageDescriptor type) => (IMessage)Activator.CreateInstance(type.ClrType)!;

    /// <summary>Parses fields up to and including the closing bracket; '\0' stands for the end of the text.</summary>
    /// <param name="message">Receives the fields.</param>
    /// <param name="closer">The closing bracket.</param>
    /// <param name="opened">The opening bracket, for errors.</param>
    /// <param name="name">The name before it, for errors.</param>
    /// <param name="depth">How many messages enclose this one.</param>
    private void Fields(IMessage message, char closer, TextToken opened, TextToken name, int depth)
    {
        int errorsBefore = errors.Count;
        var block = message as PluginParameter;
        Dictionary<string, PluginOption>? options = block is null ? null : [];
        while (!givenUp && !lexer.IsSymbol(closer))
        {
            if (lexer.Current.Kind == TextTokenKind.End)
            {
                if (closer != '\0')
                {
                    Report(lexer.Current, TextMessages.UnclosedMessage(closer), TextMessages.OpenedAt(opened.Line));
                    givenUp = true;
                }

                break;
            }

            if (block is not null)
            {
                Option(block, options!, depth);
            }
            else
            {
                Field(message, depth);
            }

            if (!lexer.Take(','))
            {
                lexer.Take(';');
            }
        }

        lexer.Take(closer);
        if (message is LayerParameter layer)
        {
            TakeForeignBlocks(layer, depth);
        }

        // A field that a wrong value left unset is not missing.
        if (errors.Count == errorsBefore)
        {
            RequireFields(message, name);
        }
    }

    private void Field(IMessage message, int depth)
    {
        TextToken at = lexer.Current;
        if (at.Kind != TextTokenKind.Identifier)
        {
            Report(at, TextMessages.Expected("the name of a field", Found()));
            SkipNameless();
            return;
        }

        FieldDescriptor? field = FindField(message.Descriptor, lexer.Span);
        if (field is null)
        {
            UnknownField(message, depth);
            return;
        }

        lexer.Advance();
        if (!field.IsRepeated)
        {
            CheckSingular(message, field, at);
        }

        if (!lexer.Take(':') && field.FieldType != FieldType.Message)
        {
            Report(lexer.Current, TextMessages.Expected($"':' after '{field.Name}'", Found()));
            SkipValue();
        }
        else if (!lexer.Take('['))
        {
            Value(message, field, at, depth);
        }
        else
        {
            Elements(message, field, at, depth);
        }
    }

    private void Elements(IMessage message, FieldDescriptor field, TextToken name, int depth)
    {
        if (!field.IsRepeated)
        {
            Report(name, TextMessages.NotRepeated(field.Name));
        }

        if (lexer.Take(']'))
        {
            return;
        }

        bool isRight;
        do
        {
            isRight = Value(message, field, field.FieldType == FieldType.Message ? lexer.Current : name, depth);
        }
        while (AnotherElement(isRight));
    }

    /// <summary>
    /// Returns whether another element follows an element of a list. Takes the bracket that closes the list.
    /// </summary>
    private bool AnotherElement(bool wasRight)
    {
        if (givenUp || lexer.Take(']'))
        {
            return false;
        }

        if (lexer.Take(','))
        {
            return true;
        }

        if (wasRight)
        {
            Report(lexer.Current, TextMessages.Expected("',' or ']'", Found()));
        }

        SkipToField();
        return false;
    }

    private void CheckSingular(IMessage message, FieldDescriptor field, TextToken at)
    {
        if (field.Accessor.HasValue(message))
        {
            SourceLocation? first = sources.Find(message, field.FieldNumber);
            Report(
                at,
                TextMessages.GivenTwice(field.Name, message.Descriptor),
                first is null ? null : TextMessages.FirstAt(first.Line));
        }
        else if (field.RealContainingOneof is { } group && group.Accessor.GetCaseFieldDescriptor(message) is { } other)
        {
            Report(at, TextMessages.OneOfGivenTwice(field.Name, other.Name));
        }
    }

    private void RequireFields(IMessage message, TextToken at)
    {
        if (givenUp)
        {
            return;
        }

        foreach (FieldDescriptor field in message.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.IsRequired && !field.Accessor.HasValue(message))
            {
                Report(at, TextMessages.MissingRequired(field.Name, message.Descriptor));
            }
        }
    }

    // The library's own look-up builds a full name for each call.
    private FieldDescriptor? FindField(MessageDescriptor type, ReadOnlySpan<char> name)
    {
        if (!fieldsOfTypes.TryGetValue(type, out Dictionary<string, FieldDescriptor>? fields))
        {
            fieldsOfTypes[type] = fields = FieldNames.FieldsOf(type).ToDictionary(f => f.Name);
        }

        var byName = fields.GetAlternateLookup<ReadOnlySpan<char>>();
        return byName.TryGetValue(name, out FieldDescriptor? field) ? field : null;
    }
}
