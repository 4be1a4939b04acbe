using Cnn.Proto.Forks;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// Handles fields that the schema does not have: hints of forks are ignored, blocks that may be a plug-in's are kept as
/// free form, and all others are mistakes.
/// </summary>
internal sealed partial class TextParser
{
    private readonly RepeatedMessages repeated = new();

    // The blocks of the layer being parsed, each with the number of mistakes before it: whether it is one itself
    // depends on the layer's type, which may stand after it.
    private readonly List<(TextLexer Start, int Errors)> foreignBlocks = [];

    private void UnknownField(IMessage message, int depth)
    {
        var name = lexer.Span.ToString();
        if (IgnoredFields.Has(message.Descriptor, name))
        {
            IgnoredField(message.Descriptor, depth);
            return;
        }

        TextLexer start = lexer.Copy();
        lexer.Advance();
        lexer.Take(':');
        if (message is LayerParameter && (lexer.IsSymbol('{') || lexer.IsSymbol('<')))
        {
            foreignBlocks.Add((start, errors.Count));
        }
        else
        {
            var problem = ForkMessages.UnknownField(name, message.Descriptor);
            bool isOfFork = problem.IsOfFork || SourceFields.MayHave(message.Descriptor, problem.Hint);
            ReportOfFork(message, start.Current, problem.Message, problem.Hint, isOfFork);
        }

        SkipValue();
    }

    // What forks have is reported once a file; in a source of data, where the source is used.
    private void ReportOfFork(IMessage message, TextToken at, string problem, string? hint, bool isOfFork)
    {
        if (isOfFork && postpones && SourceFields.Has(message.Descriptor))
        {
            sources.Postpone(message, new Diagnostic(problem, Location(at), hint));
        }
        else if (!isOfFork || repeated.IsFirst(problem))
        {
            Report(at, problem, hint);
        }
    }

    private void IgnoredField(MessageDescriptor message, int depth)
    {
        TextToken at = lexer.Current;
        var block = new PluginParameter();
        int errorsBefore = errors.Count;
        Option(block, [], depth);
        if (errors.Count > errorsBefore)
        {
            return;
        }

        if (IgnoredFields.Problem(message, block.Option[0]) is not { } problem)
        {
            ignored.Add(block.Option[0].Name, Location(at));
        }
        else if (repeated.IsFirst(problem.Message))
        {
            Report(at, problem.Message, problem.Hint);
        }
    }

    private void TakeForeignBlocks(LayerParameter layer, int depth)
    {
        if (foreignBlocks.Count == 0)
        {
            return;
        }

        if (layer.Type.Length == 0 || SchemaTypes.Has(layer.Type))
        {
            for (int i = foreignBlocks.Count - 1; i >= 0; i--)
            {
                (TextLexer start, int errorsBefore) = foreignBlocks[i];
                InsertUnknownField(start, errorsBefore);
            }
        }
        else
        {
            var block = new PluginParameter();
            var options = new Dictionary<string, PluginOption>();
            TextLexer after = lexer;
            foreach ((TextLexer start, _) in foreignBlocks)
            {
                lexer = start;
                Option(block, options, depth);
            }

            lexer = after;
            layer.ForeignBlock.Add(block.Option);
        }

        foreignBlocks.Clear();
    }

    // Mistakes are reported in the order of the file.
    private void InsertUnknownField(TextLexer start, int index)
    {
        var problem = ForkMessages.UnknownField(start.Span.ToString(), LayerParameter.Descriptor);
        if (givenUp || errors.Count == MaxErrors)
        {
            Report(start.Current, problem.Message, problem.Hint);
        }
        else if (!problem.IsOfFork || repeated.IsFirst(problem.Message))
        {
            errors.Insert(index, new Diagnostic(problem.Message, Location(start.Current), problem.Hint));
        }
    }
}
