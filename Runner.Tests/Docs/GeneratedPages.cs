namespace Cnn.Tests.Docs;

/// <summary>The pages of <c>docs</c> that are made of the program, its classes' documentation and the schema.</summary>
internal static class GeneratedPages
{
    /// <summary>The environment variable that has the tests write the pages.</summary>
    public const string WriteVariable = "CNN_WRITE_DOCS";

    /// <summary>The command that writes the pages.</summary>
    public const string Command = "CNN_WRITE_DOCS=1 dotnet test Runner.Tests -c Release --filter GeneratedPages";

    private static readonly string Note = "<!-- Generated. " + Command + " writes it anew. -->";

    /// <summary>Returns the pages: full paths and texts.</summary>
    public static IEnumerable<(string Path, string Text)> All() =>
        new LayerPages().All().Concat(FieldPages.All()).Append(CommandPage.Page())
            .Select(page => (Repository.PathOf("docs", page.Name), Text(page.Lines)));

    private static string Text(IEnumerable<string> lines) => string.Join('\n', lines.Prepend("").Prepend(Note)) + "\n";
}
