using Cnn.Proto.Schemas;

namespace Cnn.Runner.Starters;

/// <summary>A small project to start from: a net, a solver and what else they need, each line with a comment.</summary>
/// <param name="Name">The name that <c>cnn new</c> takes.</param>
/// <param name="Summary">What it is, in a line.</param>
/// <param name="Needs">What has to be there before it can be trained; null where the program makes all data.</param>
/// <param name="Commands">
/// The commands to run next, in the folder of the files. Files are named as in prototxt form.
/// </param>
internal sealed record Starter(string Name, string Summary, string? Needs, IReadOnlyList<string> Commands)
{
    private const string Prototxt = ".prototxt", Yaml = ".yaml";

    /// <summary>Returns the files.</summary>
    /// <param name="isYaml">Whether nets and solvers are in YAML instead of prototxt.</param>
    public IReadOnlyList<StarterFile> Files(bool isYaml) =>
    [
        .. StarterResources.Read(Name).Select(file => isYaml ? InYaml(file) : file),
    ];

    /// <summary>Returns the commands to run next.</summary>
    /// <param name="isYaml">Whether nets and solvers are in YAML instead of prototxt.</param>
    public IReadOnlyList<string> CommandsFor(bool isYaml) => isYaml ? [.. Commands.Select(InYaml)] : Commands;

    /// <summary>Returns what has to be there before it can be trained; null where the program makes all data.</summary>
    /// <param name="isYaml">Whether nets and solvers are in YAML instead of prototxt.</param>
    public string? NeedsFor(bool isYaml) => isYaml && Needs is not null ? InYaml(Needs) : Needs;

    private static StarterFile InYaml(StarterFile file)
    {
        string text = InYaml(file.Text);
        if (file.Name.EndsWith(Prototxt, StringComparison.Ordinal))
        {
            string schema = file.Name == "solver" + Prototxt ? YamlSchema.SolverFile : YamlSchema.NetFile;
            text = YamlSchema.LineNaming(schema) + StarterYaml.From(text);
        }

        return new StarterFile(InYaml(file.Name), text);
    }

    // Nets and solvers name each other, in values and in comments.
    private static string InYaml(string text) => text.Replace(Prototxt, Yaml, StringComparison.Ordinal);
}
