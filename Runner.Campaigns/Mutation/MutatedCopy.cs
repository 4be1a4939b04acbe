using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Cnn.Campaigns.Mutation;

/// <summary>
/// A copy of the sources that holds every mutant behind a switch, built once. Mutants that do not compile are left out.
/// </summary>
internal sealed partial class MutatedCopy
{
    private const int MostBuilds = 12;

    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    private MutatedCopy(string folder, IReadOnlyList<Mutant> mutants)
    {
        TestFolder = Path.Combine(folder, "Runner.Tests", "bin", "Release", "net10.0");
        Mutants = mutants;
    }

    /// <summary>The folder of the tests that were built over the mutants.</summary>
    public string TestFolder { get; }

    /// <summary>The mutants of all parts.</summary>
    public IReadOnlyList<Mutant> Mutants { get; }

    /// <summary>Returns the copy in a folder, making it where it is not there yet, which takes minutes.</summary>
    /// <param name="folder">The folder of the copy.</param>
    /// <param name="repository">The top folder of the sources.</param>
    /// <param name="mutated">The folders to mutate, with the projects that they belong to.</param>
    /// <param name="output">Receives a line for each step.</param>
    /// <exception cref="InvalidDataException">The copy does not build, mutants or not.</exception>
    public static MutatedCopy Open(
        string folder, string repository, IReadOnlyList<(string Project, string Folder)> mutated, TextWriter output)
    {
        string list = Path.Combine(folder, "mutants.json");
        if (!File.Exists(list))
        {
            CopySources(repository, folder);
            string kept = JsonSerializer.Serialize(Make(folder, repository, mutated, output));
            File.WriteAllText(list, kept);
        }

        return new MutatedCopy(folder, JsonSerializer.Deserialize<Mutant[]>(File.ReadAllText(list))!);
    }

    private static List<Mutant> Make(
        string folder, string repository, IReadOnlyList<(string Project, string Folder)> mutated, TextWriter output)
    {
        var refused = new HashSet<string>(StringComparer.Ordinal);
        for (int build = 1; build <= MostBuilds; build++)
        {
            var mutants = new List<Mutant>();
            foreach (var group in mutated.GroupBy(m => m.Project))
            {
                Rewrite(folder, repository, group.Key, [.. group.Select(g => g.Folder)], refused, mutants);
            }

            File.WriteAllText(Path.Combine(folder, "Proto", "MutationSwitch.cs"), MutationSwitch.Source(mutants.Count));
            output.WriteLine($"build {build}: {mutants.Count} mutants, {refused.Count} that do not compile left out");
            int[] wrong = Build(folder, Path.Combine("Engine", "Cnn.Engine.csproj"));
            if (wrong.Length == 0)
            {
                Build(folder, Path.Combine("Runner.Tests", "Cnn.Tests.csproj"));
                return mutants;
            }

            refused.UnionWith(wrong.Select(w => Key(mutants[w])));
        }

        throw new InvalidDataException($"the mutated copy still does not compile after {MostBuilds} builds");
    }

    private static string Key(Mutant mutant) => (mutant with { Id = 0 }).ToString();

    private static void CopySources(string repository, string folder)
    {
        foreach (string name in Run("git", repository, "ls-files").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string to = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(Path.Combine(repository, name), to, overwrite: true);
        }
    }

    private static void Rewrite(
        string folder,
        string repository,
        string project,
        string[] folders,
        HashSet<string> refused,
        List<Mutant> mutants)
    {
        string[] files =
        [
            .. Run("git", repository, "ls-files", project).Split('\n')
                .Where(n => n.EndsWith(".cs", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal),
        ];
        SyntaxTree[] trees =
        [
            .. files.Select(f => CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(repository, f)), path: f)),
        ];
        string platform = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        var compilation = CSharpCompilation.Create(
            $"Cnn.{project}",
            [.. trees, CSharpSyntaxTree.ParseText(ImplicitUsings)],
            platform.Split(Path.PathSeparator).Select(p => MetadataReference.CreateFromFile(p)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        foreach (SyntaxTree tree in trees.Where(
            t => folders.Any(f => t.FilePath.StartsWith(f, StringComparison.Ordinal))))
        {
            var mutator = new Mutator(
                compilation.GetSemanticModel(tree), tree.FilePath, m => !refused.Contains(Key(m)), mutants);
            File.WriteAllText(Path.Combine(folder, tree.FilePath), mutator.Visit(tree.GetRoot())!.ToFullString());
        }
    }

    // Returns the mutants on the lines at which the compiler finds errors.
    private static int[] Build(string folder, string project)
    {
        string log = Run(
            "dotnet", folder, "build", project, "-c", "Release", "-v", "q", "-nologo", "-clp:ErrorsOnly",
            "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false", "-p:EnforceCodeStyleInBuild=false");
        (string File, int Line)[] errors =
        [
            .. ErrorLine().Matches(log)
                .Select(m => (m.Groups["file"].Value, int.Parse(m.Groups["line"].Value, CultureInfo.InvariantCulture)))
                .Distinct(),
        ];
        int[] mutants =
        [
            .. errors.SelectMany(e => SwitchCall().Matches(Culprits(e.File, e.Line)))
                .Select(m => int.Parse(m.Groups["id"].Value, CultureInfo.InvariantCulture))
                .Distinct(),
        ];
        return mutants.Length > 0 || !log.Contains("error", StringComparison.Ordinal)
            ? mutants
            : throw new InvalidDataException("the mutated copy does not build: " + log);
    }

    // Returns the line, or the member around it where the line holds no mutant: that a path returns nothing or leaves a
    // variable unset is told elsewhere.
    private static string Culprits(string file, int line)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot();
        TextLine text = root.GetText().Lines[line - 1];
        return SwitchCall().IsMatch(text.ToString())
            ? text.ToString()
            : root.FindNode(text.Span).AncestorsAndSelf().OfType<MemberDeclarationSyntax>().First().ToString();
    }

    private static string Run(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    [GeneratedRegex(@"^(?<file>[^(\n]+\.cs)\((?<line>\d+),\d+\): error", RegexOptions.Multiline)]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"MutationSwitch\.Is\((?<id>\d+)\)")]
    private static partial Regex SwitchCall();
}
