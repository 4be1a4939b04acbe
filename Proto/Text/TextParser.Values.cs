using System.Collections;
using System.Runtime.InteropServices;
using Cnn.Proto.Forks;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>Parses values: scalars, strings and nested messages.</summary>
internal sealed partial class TextParser
{
    private readonly List<byte> bytes = [];

    private string UnquotedText => ByteText.Decode(CollectionsMarshal.AsSpan(bytes));

    /// <summary>Reads one value into a field.</summary>
    /// <param name="message">The message that has the field.</param>
    /// <param name="field">The field.</param>
    /// <param name="name">
    /// The place where a message is reported to start: the field's name, or the bracket of a list's element.
    /// </param>
    /// <param name="depth">How many messages enclose this one.</param>
    /// <returns>Whether the value was right; a wrong one is reported and skipped.</returns>
    private bool Value(IMessage message, FieldDescriptor field, TextToken name, int depth)
    {
        if (field.FieldType == FieldType.Message)
        {
            SourceLocation place = Location(name);
            if (Nested(field.MessageType, name, place, depth) is not { } nested)
            {
                return false;
            }

            Store(message, field, nested, place);
            return true;
        }

        TextToken at = lexer.Current;
        if (field is { IsRepeated: true, FieldType: FieldType.Float })
        {
            if (Single(field) is not { } number)
            {
                return false;
            }

            var list = (RepeatedField<float>)field.Accessor.GetValue(message);
            if (list.Count == 0)
            {
                sources.Record(message, field.FieldNumber, 0, Location(at));
            }

            list.Add(number);
            return true;
        }

        object? value = field.FieldType is FieldType.String or FieldType.Bytes ? Quoted(field) : Scalar(message, field);
        if (value is null)
        {
            return false;
        }

        Store(message, field, value, Location(at));
        return true;
    }

    private void Store(IMessage message, FieldDescriptor field, object value, SourceLocation place)
    {
        if (!field.IsRepeated)
        {
            sources.Record(message, field.FieldNumber, 0, place);
            field.Accessor.SetValue(message, value);
            return;
        }

        // One place for a list of numbers is enough; one for each number would take more memory than the data.
        var list = (IList)field.Accessor.GetValue(message);
        if (list.Count == 0 || field.FieldType is FieldType.Message or FieldType.String)
        {
            sources.Record(message, field.FieldNumber, list.Count, place);
        }

        list.Add(value);
    }

    private IMessage? Nested(MessageDescriptor type, TextToken name, SourceLocation place, int depth)
    {
        TextToken at = lexer.Current;
        char closer = lexer.IsSymbol('{') ? '}' : lexer.IsSymbol('<') ? '>' : '\0';
        if (closer == '\0')
        {
            Report(at, TextMessages.Expected($"'{{' to start a {type.Name}", Found()));
            SkipValue();
            return null;
        }

        if (depth >= MaxDepth)
        {
            Report(at, TextMessages.TooDeep(MaxDepth));
            givenUp = true;
            return null;
        }

        if (!CountMessage(at))
        {
            return null;
        }

        lexer.Advance();
        IMessage message = Create(type);
        sources.Record(message, place);
        Fields(message, closer, at, name, depth + 1);
        return message;
    }

    private bool CountMessage(TextToken at)
    {
        if (++messages > MaxMessages)
        {
            Report(at, TextMessages.TooManyMessages(MaxMessages));
            givenUp = true;
        }

        return !givenUp;
    }

    private object? Quoted(FieldDescriptor field)
    {
        TextToken at = lexer.Current;
        if (at.Kind != TextTokenKind.String)
        {
            Report(at, TextMessages.Expected($"{TextMessages.TypeName(field)} for '{field.Name}'", Found()));
            SkipValue();
            return null;
        }

        return !Unquote() ? null
            : field.FieldType == FieldType.Bytes ? ByteString.CopyFrom(CollectionsMarshal.AsSpan(bytes))
            : UnquotedText;
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

    // Blob data can be millions of numbers, so none of them becomes a string or is boxed.
    private float? Single(FieldDescriptor field)
    {
        TextToken at = lexer.Current;
        bool isNegative = lexer.Take('-');
        bool isWord = lexer.Current.Kind is TextTokenKind.Number or TextTokenKind.Identifier && !lexer.IsNextField;
        if (isWord && TextNumber.TryParseReal(lexer.Span, out float magnitude))
        {
            lexer.Advance();
            return TextNumber.Signed(isNegative, magnitude);
        }

        var (message, hint) = isWord
            ? ScalarText.Problem(field, isNegative ? $"-{lexer.Span}" : lexer.Span.ToString())
            : (TextMessages.Expected($"{TextMessages.TypeName(field)} for '{field.Name}'", Found()), null);
        Report(at, message, hint);
        SkipValue();
        return null;
    }

    private object? Scalar(IMessage message, FieldDescriptor field)
    {
        TextToken at = lexer.Current;
        if (ScalarWord() is not { } word)
        {
            Report(at, TextMessages.Expected($"{TextMessages.TypeName(field)} for '{field.Name}'", Found()));
            SkipValue();
            return null;
        }

        if (ScalarText.TryParse(field, word, out object? value, out var problem))
        {
            return value;
        }

        if (IgnoredFields.HasValue(field, word))
        {
            ignored.Add(field.Name, Location(at));
        }
        else
        {
            ReportOfFork(message, at, problem.Message, problem.Hint, ForkMessages.IsOfFork(field, word));
        }

        return null;
    }

    /// <summary>
    /// Takes an unquoted word with its sign; returns null when there is no word, and then takes at most the sign.
    /// </summary>
    private string? ScalarWord()
    {
        if (lexer.IsNextField)
        {
            return null;
        }

        bool isNegative = lexer.Take('-');
        if (lexer.Current.Kind is not (TextTokenKind.Identifier or TextTokenKind.Number))
        {
            return null;
        }

        string word = isNegative ? string.Concat("-", lexer.Span) : lexer.Span.ToString();
        lexer.Advance();
        return word;
    }
}
