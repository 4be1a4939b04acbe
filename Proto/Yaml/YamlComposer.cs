using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Cnn.Proto;

/// <summary>Builds the graph of nodes from the events of YamlDotNet's parser, within limits.</summary>
/// <param name="places">The text.</param>
/// <param name="takesTuples">Whether a list may carry the tag of Python's tuples.</param>
internal sealed class YamlComposer(YamlPlaces places, bool takesTuples = false)
{
    public const int MaxDepth = 100;
    private const int MaxNodes = 8_000_000;

    private readonly Parser parser = new(new StringReader(places.Text));
    private readonly Dictionary<string, YamlNode> anchors = [];
    private readonly HashSet<YamlNode> open = [];
    private int nodes;

    /// <summary>Returns the root, null for an empty file, and how many nodes were written.</summary>
    /// <exception cref="CnnException">
    /// The text is not YAML or exceeds the limits, so that reading cannot continue.
    /// </exception>
    public (YamlNode? Root, int Nodes) Compose()
    {
        Next<StreamStart>();
        if (Next() is StreamEnd)
        {
            return (null, 0);
        }

        // Current is the document's start.
        YamlNode root = Node(Next(), 0);
        Next<DocumentEnd>();
        return Next() is StreamEnd ? (root, nodes) : throw Stop(Current.Start, YamlMessages.SeveralDocuments);
    }

    private ParsingEvent Current => parser.Current!;

    private YamlNode Node(ParsingEvent parsed, int depth)
    {
        if (depth > MaxDepth)
        {
            throw Stop(parsed.Start, TextMessages.TooDeep(MaxDepth));
        }

        if (++nodes > MaxNodes)
        {
            throw Stop(parsed.Start, YamlMessages.TooMany(MaxNodes));
        }

        switch (parsed)
        {
            case AnchorAlias alias:
                return Aliased(alias);
            case Scalar scalar:
                return Anchored(scalar, new YamlNode(YamlKind.Scalar, scalar.Start, TagOf(scalar, YamlKind.Scalar))
                {
                    Text = ByteText.Normal(scalar.Value),
                    IsPlain = scalar.Style == ScalarStyle.Plain,
                });
            case SequenceStart list:
                return List(list, depth);
            case MappingStart map:
                return Map(map, depth);
            default:
                throw Stop(parsed.Start, YamlMessages.NotYaml, YamlMessages.NotYamlHint);
        }
    }

    private YamlNode List(SequenceStart start, int depth)
    {
        YamlNode list = Anchored(start, new YamlNode(YamlKind.List, start.Start, TagOf(start, YamlKind.List)));
        open.Add(list);
        while (Next() is not SequenceEnd)
        {
            list.Items.Add(Node(Current, depth + 1));
        }

        open.Remove(list);
        return list;
    }

    private YamlNode Map(MappingStart start, int depth)
    {
        YamlNode map = Anchored(start, new YamlNode(YamlKind.Map, start.Start, TagOf(start, YamlKind.Map)));
        open.Add(map);
        while (Next() is not MappingEnd)
        {
            YamlNode key = Node(Current, depth + 1);
            map.Entries.Add((key, Node(Next(), depth + 1)));
        }

        open.Remove(map);
        return map;
    }

    private YamlNode Aliased(AnchorAlias alias)
    {
        string name = alias.Value.Value;
        return !anchors.TryGetValue(name, out YamlNode? node)
            ? throw Stop(alias.Start, YamlMessages.UnknownAnchor(name), Suggestion.For(name, anchors.Keys))
            : open.Contains(node) ? throw Stop(alias.Start, YamlMessages.AliasInItself(name))
            : node;
    }

    private YamlNode Anchored(NodeEvent parsed, YamlNode node)
    {
        if (!parsed.Anchor.IsEmpty)
        {
            anchors[parsed.Anchor.Value] = node;
        }

        return node;
    }

    // "!" alone means "not a plain scalar", which the style says already.
    private string? TagOf(NodeEvent parsed, YamlKind kind)
    {
        if (parsed.Tag.IsEmpty || parsed.Tag.IsNonSpecific)
        {
            return null;
        }

        string tag = parsed.Tag.Value;
        if (!YamlTags.IsKnown(tag, kind) && !(takesTuples && kind == YamlKind.List && tag == YamlTags.Tuple))
        {
            places.Report(parsed.Start, YamlMessages.UnknownTag(tag));
        }

        return tag;
    }

    private void Next<T>()
        where T : ParsingEvent
    {
        if (Next() is not T)
        {
            throw Stop(Current.Start, YamlMessages.NotYaml, YamlMessages.NotYamlHint);
        }
    }

    // On hostile text the parser may also fail in ways that its authors did not foresee; to the user all of them mean
    // the same.
    private ParsingEvent Next()
    {
        Mark last = parser.Current?.End ?? new Mark(0, 1, 1);
        try
        {
            if (parser.MoveNext())
            {
                return Current;
            }
        }
        catch (YamlException exception)
        {
            (string message, string? hint) = YamlMessages.OfParser(exception.Message);
            throw Stop(exception.Start.Line > 0 ? exception.Start : last, message, hint, exception);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException
            or IndexOutOfRangeException or FormatException or ArithmeticException or NullReferenceException)
        {
            throw Stop(last, YamlMessages.NotYaml, YamlMessages.NotYamlHint, exception);
        }

        throw Stop(last, YamlMessages.EndsEarly);
    }

    private CnnException Stop(Mark at, string message, string? hint = null, Exception? inner = null)
    {
        places.GiveUp(at, message, hint);
        return new CnnException(places.Errors, inner);
    }
}
