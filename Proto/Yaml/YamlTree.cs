using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Cnn.Proto;

/// <summary>Reads one YAML document into nodes; aliases become the nodes that they name.</summary>
internal sealed class YamlTree
{
    private const int MaxDepth = 100;

    private readonly IParser parser;
    private readonly Dictionary<AnchorName, YamlNode?> anchors = [];
    private readonly Action<Mark, string, string?> report;

    private YamlTree(IParser parser, Action<Mark, string, string?> report)
    {
        this.parser = parser;
        this.report = report;
    }

    /// <summary>The document's root; null when it is empty or was given up after a report.</summary>
    /// <param name="text">The text.</param>
    /// <param name="report">Takes (place, message, hint).</param>
    public static YamlNode? Read(string text, Action<Mark, string, string?> report)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.TryConsume<StreamEnd>(out _))
            {
                return null;
            }

            parser.Consume<DocumentStart>();
            YamlNode? root = new YamlTree(parser, report).Node(0);
            parser.Consume<DocumentEnd>();
            if (!parser.Accept<StreamEnd>(out _))
            {
                report(parser.Current!.Start, "a second document starts here", "a file holds one definition");
            }

            return root;
        }
        catch (YamlGivenUpException)
        {
            return null;
        }
        catch (YamlException exception)
        {
            report(exception.Start, $"not YAML: {exception.Message}", null);
            return null;
        }
    }

    private YamlNode? Node(int depth)
    {
        if (depth > MaxDepth)
        {
            report(parser.Current!.Start, TextMessages.TooDeep(MaxDepth), null);
            throw new YamlGivenUpException();
        }

        ParsingEvent current = parser.Consume<ParsingEvent>();
        (int line, int column) = ((int)current.Start.Line, (int)current.Start.Column);
        if (current is AnchorAlias alias)
        {
            if (anchors.TryGetValue(alias.Value, out YamlNode? named) && named is not null)
            {
                return named;
            }

            report(
                current.Start,
                anchors.ContainsKey(alias.Value) ? $"alias '*{alias.Value}' stands within its own anchor" : $"no anchor '&{alias.Value}' comes before",
                Suggestion.For(alias.Value.Value, anchors.Keys.Select(a => a.Value)));
            throw new YamlGivenUpException();
        }

        var node = (NodeEvent)current;
        if (!node.Anchor.IsEmpty)
        {
            anchors[node.Anchor] = null;
        }

        YamlNode result = node switch
        {
            Scalar scalar => new YamlScalar(line, column, scalar.Value, scalar.Style == ScalarStyle.Plain, IsBinary(scalar)),
            SequenceStart => List(new YamlList(line, column), depth),
            _ => Map(new YamlMap(line, column), depth),
        };
        if (!node.Anchor.IsEmpty)
        {
            anchors[node.Anchor] = result;
        }

        return result;
    }

    private static bool IsBinary(Scalar scalar) => !scalar.Tag.IsEmpty && scalar.Tag.Value == "tag:yaml.org,2002:binary";

    private YamlList List(YamlList list, int depth)
    {
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            list.Items.Add(Node(depth + 1)!);
        }

        return list;
    }

    private YamlMap Map(YamlMap map, int depth)
    {
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            Mark at = parser.Current?.Start ?? Mark.Empty;
            YamlNode key = Node(depth + 1)!;
            YamlNode value = Node(depth + 1)!;
            if (key is YamlScalar scalar)
            {
                map.Entries.Add((scalar, value));
            }
            else
            {
                report(at, "a key is a list or a map", "keys are the names of fields");
            }
        }

        return map;
    }

    /// <summary>Ends the reading after a report.</summary>
    private sealed class YamlGivenUpException : Exception;
}
