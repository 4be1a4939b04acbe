using System.Reflection;
using Cnn.Layers;
using Cnn.Tests.Architecture;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Docs;

/// <summary>
/// The pages about layer types: an index, a page for each family, and one for the blocks that several types have. They
/// are made of the classes' documentation and the schema's comments.
/// </summary>
internal sealed class LayerPages
{
    private const string SharedPage = "shared.md";
    private const string PythonPage = "python.md";

    // The folders of the classes in the order of the pages, with what is said of all their types.
    private static readonly (string Folder, string Title, string Rule)[] Families =
    [
        ("Vision", "Vision", "Shapes are [N, C, H, W]: images, channels, rows, columns."),
        ("Activations", "Activations", "A top has the shape of its bottom, where nothing else is said."),
        ("Common", "Common", "A top has the shape of its bottom, where nothing else is said."),
        ("Normalization", "Normalisation", "A top has the shape of its bottom, where nothing else is said."),
        (
            "Losses",
            "Losses and accuracies",
            "A loss is a single number that counts with weight 1 where `loss_weight` does not say otherwise."),
        ("Recurrent", "Recurrent", "Sequences are [T, N, ...]: steps, streams, values."),
        ("Detection", "Detection", "Boxes are rows of numbers, as each type says."),
        ("Data", "Data", "Tops are images [N, C, H, W] and labels [N], where nothing else is said."),
    ];

    private static readonly Assembly Assembly = typeof(Layer).Assembly;

    private readonly SortedDictionary<string, Type> types;
    private readonly Dictionary<string, IReadOnlyList<FieldDescriptor>> blocks = [];
    private readonly Dictionary<MessageDescriptor, string> homes = [];
    private readonly XmlDocumentation documentation;
    private string page = "";

    public LayerPages()
    {
        // Names that differ in capitals alone, such as SeLU and SeLu, are told apart after all.
        types = new(Comparer<string>.Create((a, b) =>
            string.Compare(a, b, StringComparison.OrdinalIgnoreCase) is var order and not 0
                ? order
                : string.CompareOrdinal(a, b)));
        foreach (Type type in Assembly.GetTypes())
        {
            if (type.GetCustomAttribute<LayerTypeAttribute>() is { } attribute)
            {
                types.Add(attribute.Name, type);
                blocks.Add(attribute.Name, LayerBlocks.Of(type));
            }
        }

        documentation = new XmlDocumentation(Assembly, Mention);
        FindHomes();
    }

    /// <summary>Returns the pages: names in <c>docs</c>, and lines.</summary>
    public IEnumerable<(string Name, IEnumerable<string> Lines)> All()
    {
        yield return ("layers.md", Index());
        foreach (var (folder, title, rule) in Families)
        {
            page = PageOf(folder);
            yield return ($"layers/{page}", [.. Family(folder, title, rule)]);
        }

        page = PythonPage;
        yield return ($"layers/{page}", [.. Python()]);
        page = SharedPage;
        yield return ($"layers/{page}", [.. Shared()]);
    }

    private IEnumerable<string> Index()
    {
        yield return "# Layers";
        yield return "";
        yield return "Every layer type, with its shapes, its formula and its options. A layer is written as";
        yield return "";
        yield return "```prototxt";
        yield return "layer {";
        yield return "  name: \"conv1\"";
        yield return "  type: \"Convolution\"";
        yield return "  bottom: \"data\"";
        yield return "  top: \"conv1\"";
        yield return "  convolution_param { num_output: 20 kernel_size: 5 weight_filler { type: \"xavier\" } }";
        yield return "}";
        yield return "```";
        yield return "";
        yield return "Fields that every layer has are in [fields of nets](net-fields.md), fillers in";
        yield return $"[fillers](fillers.md), blocks that several types have in [shared blocks](layers/{SharedPage}).";
        yield return $"Layers that Caffe's nets have in Python are in [layers in Python's place](layers/{PythonPage}).";
        yield return "Capitals matter in the names of types.";
        foreach (var (folder, title, _) in Families)
        {
            page = "";
            yield return "";
            yield return $"## {title}";
            yield return "";
            yield return "| type | does |";
            yield return "| --- | --- |";
            foreach (string type in TypesOf(folder))
            {
                yield return Markdown.Row($"[{type}]({LinkTo(type)})", FirstSentence(documentation.Of(types[type])));
            }
        }
    }

    private IEnumerable<string> Family(string folder, string title, string rule)
    {
        yield return $"# {title}";
        yield return "";
        yield return $"The types of `Layers/{folder}`. {rule} All types are in [layers](../layers.md).";
        foreach (string type in TypesOf(folder))
        {
            yield return "";
            yield return $"## {type}";
            foreach (string line in About(types[type]).Concat(TablesOf(type)))
            {
                yield return line;
            }
        }
    }

    // The documentation of a class, and that of the classes which it refers to and which are no layer types themselves.
    private IEnumerable<string> About(Type type)
    {
        var told = new HashSet<Type> { type };
        var waiting = new Queue<Type>(told);
        while (waiting.TryDequeue(out Type? next))
        {
            foreach (string paragraph in documentation.Of(next))
            {
                yield return "";
                yield return next == type ? paragraph : $"{Mention(next)}: {paragraph}";
            }

            foreach (Type other in documentation.ReferencesOf(next).Where(t => t != typeof(Layer) && !HasSection(t)))
            {
                if (!other.IsEnum && told.Add(other))
                {
                    waiting.Enqueue(other);
                }
            }
        }
    }

    private IEnumerable<string> TablesOf(string type)
    {
        foreach (FieldDescriptor block in blocks[type])
        {
            MessageDescriptor message = block.MessageType;
            yield return "";
            if (homes[message] != type)
            {
                yield return $"Options: `{block.Name} {{ ... }}`, a block of [{message.Name}]({LinkTo(message)}).";
                continue;
            }

            yield return $"Options: `{block.Name} {{ ... }}`.";
            yield return "";
            foreach (string line in Tables(type, message, "###"))
            {
                yield return line;
            }
        }
    }

    // A message's table, and those of the messages in it whose home is the same.
    private IEnumerable<string> Tables(string home, MessageDescriptor message, string marks)
    {
        var tables = new MessageTables(m => homes.ContainsKey(m) ? LinkTo(m) : null);
        foreach (string line in tables.Of(message))
        {
            yield return line;
        }

        foreach (MessageDescriptor part in AllParts(message).Where(m => homes[m] == home && !HasBlock(m)))
        {
            yield return "";
            yield return $"{marks} {part.Name}";
            yield return "";
            yield return MessageTables.CommentOf(part);
            yield return "";
            foreach (string line in tables.Of(part))
            {
                yield return line;
            }
        }
    }

    private IEnumerable<string> Shared()
    {
        yield return "# Shared blocks";
        yield return "";
        yield return "Blocks of options that layers of several types have.";
        foreach (MessageDescriptor message in homes.Where(h => h.Value.Length == 0).Select(h => h.Key)
            .OrderBy(m => m.Name, StringComparer.Ordinal))
        {
            yield return "";
            yield return $"## {message.Name}";
            yield return "";
            yield return MessageTables.CommentOf(message);
            string[] users = [.. types.Keys.Where(t => blocks[t].Any(b => b.MessageType == message))];
            if (users.Length > 0)
            {
                string names = string.Join(", ", users.Select(t => $"[{t}]({LinkTo(t)})"));
                string block = blocks[users[0]].First(b => b.MessageType == message).Name;
                yield return "";
                yield return $"`{block} {{ ... }}` of {names}.";
            }

            yield return "";
            foreach (string line in new MessageTables(m => homes.ContainsKey(m) ? LinkTo(m) : null).Of(message))
            {
                yield return line;
            }
        }
    }

    private IEnumerable<string> Python()
    {
        yield return "# Layers in Python's place";
        yield return "";
        yield return "A layer of type `Python` runs where a class claims its `module` and `layer`. These are built";
        yield return "in; a plug-in claims others with `[PythonLayer(\"module\", \"Class\")]`. Options are the keys of";
        yield return "`param_str`.";
        var claims = Assembly.GetTypes()
            .SelectMany(t => t.GetCustomAttributes<PythonLayerAttribute>(), (t, a) => (Type: t, a.FullName))
            .GroupBy(c => c.Type, c => c.FullName)
            .OrderBy(c => c.Min(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var claim in claims)
        {
            string[] names = [.. claim.Order(StringComparer.Ordinal)];
            yield return "";
            yield return $"## {names[0]}";
            if (names.Length > 1)
            {
                yield return "";
                yield return $"Also {string.Join(", ", names.Skip(1).Select(n => $"`{n}`"))}.";
            }

            if (claim.Key.GetCustomAttribute<LayerTypeAttribute>() is { } also)
            {
                yield return "";
                yield return $"The class of [{also.Name}]({LinkTo(also.Name)}).";
                continue;
            }

            foreach (string line in About(claim.Key))
            {
                yield return line;
            }

            Type[] options = [.. CodeReferences.Of(claim.Key).OfType<Type>().Where(IsOptions)];
            foreach (Type record in options.Where(o => !options.Any(other => other.IsSubclassOf(o)))
                .OrderBy(t => t.Name, StringComparer.Ordinal))
            {
                yield return "";
                yield return "| key | meaning |";
                yield return "| --- | --- |";
                foreach (PropertyInfo property in record.GetProperties().OrderBy(p => p.MetadataToken))
                {
                    yield return Markdown.Row($"`{SnakeCase(property.Name)}`", documentation.Of(property));
                }
            }
        }
    }

    private static bool IsOptions(Type type) =>
        type.Assembly == Assembly
        && type.Name.EndsWith("Options", StringComparison.Ordinal)
        && type.GetMethod("<Clone>$") is not null;

    private static string SnakeCase(string name) => string.Concat(name.Select((c, i) =>
        char.IsAsciiLetterUpper(c) && i > 0 ? $"_{char.ToLowerInvariant(c)}" : $"{char.ToLowerInvariant(c)}"));

    // A message is described at the type that is named like it, or that alone has it, or else on the shared page.
    private void FindHomes()
    {
        var users = new Dictionary<MessageDescriptor, HashSet<string>>();
        foreach (var (type, fields) in blocks)
        {
            foreach (MessageDescriptor block in fields.Select(f => f.MessageType))
            {
                foreach (MessageDescriptor message in AllParts(block).Prepend(block))
                {
                    (users.TryGetValue(message, out var of) ? of : users[message] = []).Add(type);
                }
            }
        }

        foreach (var (message, of) in users)
        {
            string namesake = message.Name.Replace("Parameter", "", StringComparison.Ordinal);
            homes.Add(message, of.Contains(namesake) ? namesake : of.Count == 1 ? of.Single() : "");
        }
    }

    private static HashSet<MessageDescriptor> AllParts(MessageDescriptor message)
    {
        var parts = new HashSet<MessageDescriptor>();
        var waiting = new Queue<MessageDescriptor>([message]);
        while (waiting.TryDequeue(out MessageDescriptor? next))
        {
            foreach (MessageDescriptor part in MessageTables.PartsOf(next).Where(p => p != message && parts.Add(p)))
            {
                waiting.Enqueue(part);
            }
        }

        return parts;
    }

    private bool HasBlock(MessageDescriptor message) => blocks.Values.Any(b => b.Any(f => f.MessageType == message));

    private IEnumerable<string> TypesOf(string folder) =>
        types.Where(t => FolderOf(t.Value) == folder).Select(t => t.Key);

    private static string FolderOf(Type type) => type.Namespace!.Split('.')[2];

    private static string PageOf(string folder) => folder.ToLowerInvariant() + ".md";

    private static bool HasSection(Type type) => type.IsDefined(typeof(LayerTypeAttribute))
        || type.IsDefined(typeof(PythonLayerAttribute));

    // How a page mentions a class: a link to the section of a layer type, else a name.
    private string Mention(Type type) =>
        type.GetCustomAttribute<LayerTypeAttribute>() is { } attribute
            ? $"[{attribute.Name}]({LinkTo(attribute.Name)})"
            : type.GetCustomAttributes<PythonLayerAttribute>().FirstOrDefault() is { } python
                ? $"[{python.Layer}]({From(PythonPage)}#{Markdown.Anchor(FirstNameOf(type))})"
                : $"`{type.Name}`";

    private static string FirstNameOf(Type type) =>
        type.GetCustomAttributes<PythonLayerAttribute>().Select(a => a.FullName).Min(StringComparer.Ordinal)!;

    private string LinkTo(string type)
    {
        string[] before =
        [
            .. TypesOf(FolderOf(types[type])).TakeWhile(t => t != type)
                .Where(t => Markdown.Anchor(t) == Markdown.Anchor(type)),
        ];
        string number = before.Length == 0 ? "" : $"-{before.Length}";
        return $"{From(PageOf(FolderOf(types[type])))}#{Markdown.Anchor(type)}{number}";
    }

    private string LinkTo(MessageDescriptor message) =>
        homes[message] is not { Length: > 0 } type
            ? $"{From(SharedPage)}#{Markdown.Anchor(message.Name)}"
            : HasBlock(message)
                ? LinkTo(type)
                : $"{From(PageOf(FolderOf(types[type])))}#{Markdown.Anchor(message.Name)}";

    // The address of a page of layers, as seen from the page that is being made.
    private string From(string other) => other == page ? "" : page.Length == 0 ? $"layers/{other}" : other;

    private static string FirstSentence(IReadOnlyList<string> paragraphs)
    {
        string text = paragraphs.Count == 0 ? "" : paragraphs[0];
        int end = text.IndexOf(". ", StringComparison.Ordinal);
        while (end >= 0 && (text[..end].EndsWith("et al", StringComparison.Ordinal) || !StartsSentence(text[end + 2])))
        {
            end = text.IndexOf(". ", end + 1, StringComparison.Ordinal);
        }

        return end < 0 ? text : text[..(end + 1)];

        static bool StartsSentence(char c) => char.IsAsciiLetterUpper(c) || c == '`';
    }
}
