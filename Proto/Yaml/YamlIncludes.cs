namespace Cnn.Proto;

/// <summary>Opens the files that a YAML text includes, within limits that hold for all of them together.</summary>
internal sealed class YamlIncludes
{
    public const int MaxLayers = 100_000;
    private const int MaxDepth = 16;
    private const int MaxFiles = 10_000;

    private readonly Dictionary<string, string> texts = new(StringComparer.Ordinal);
    private int files;
    private long characters;
    private int layers;

    /// <summary>Returns the path of a file that another one names, which is looked up beside that one.</summary>
    public static string Beside(string file, string named) => Path.Combine(Path.GetDirectoryName(file) ?? "", named);

    /// <summary>Counts a layer of an included file; returns whether it is one too many.</summary>
    public bool IsOneLayerTooMany() => ++layers > MaxLayers;

    /// <summary>
    /// Opens a file that is named at a place; returns null after a mistake, which is reported there or in the file.
    /// </summary>
    /// <param name="places">The text that names it.</param>
    /// <param name="named">Its path, relative to the text's file.</param>
    public YamlPlaces? Open(YamlPlaces places, YamlNode named)
    {
        if (PathText.Fault(named.Text) is { } fault)
        {
            places.Report(named.At, fault);
            return null;
        }

        string path = Beside(places.File, named.Text);
        SourceLocation at = places.At(named.At);
        if (Limit(at, path) is { } limit)
        {
            places.GiveUp(named.At, limit);
            return null;
        }

        try
        {
            string text = Read(path);
            characters += text.Length;
            if (characters <= YamlFormat.MaxCharacters)
            {
                return new YamlPlaces(text, path, at);
            }

            places.GiveUp(named.At, YamlIncludeMessages.TooLong(YamlFormat.MaxCharacters));
        }
        catch (CnnException exception)
        {
            foreach (Diagnostic mistake in exception.Diagnostics)
            {
                places.Add(mistake with { Location = mistake.Location is { } inside
                    ? inside with { IncludedFrom = at } : at });
            }
        }

        return null;
    }

    private string? Limit(SourceLocation at, string path)
    {
        int depth = 0;
        string full = Full(path);
        for (SourceLocation? from = at; from is not null; from = from.IncludedFrom)
        {
            if (++depth > MaxDepth)
            {
                return YamlIncludeMessages.TooDeep(MaxDepth);
            }

            if (Full(from.File) == full)
            {
                return YamlIncludeMessages.IncludesItself(path);
            }
        }

        return ++files > MaxFiles ? YamlIncludeMessages.TooManyFiles(MaxFiles) : null;
    }

    // What a text is called need not be a path.
    private static string Full(string name) => PathText.Fault(name) is null ? Path.GetFullPath(name) : name;

    private string Read(string path)
    {
        if (texts.TryGetValue(path, out string? known))
        {
            return known;
        }

        FileText.RequireFile(path);
        if (!ProtoFile.MayBeYaml(path))
        {
            throw new CnnException(YamlIncludeMessages.NotYaml(path), YamlIncludeMessages.NotYamlHint);
        }

        // A pipe or device could go on without end.
        if (!OperatingSystem.IsWindows() && UnixFile.Status(path) is { IsRegular: false })
        {
            throw new CnnException($"'{path}' {YamlIncludeMessages.NoRegularFile}");
        }

        return texts[path] = FileText.Decode(FileText.ReadBytes(path), path);
    }
}
