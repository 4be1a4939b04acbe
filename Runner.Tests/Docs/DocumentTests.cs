using System.CommandLine;
using System.Text.RegularExpressions;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Runner;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;

namespace Cnn.Tests.Docs;

/// <summary>What the documents say exists: the targets of links, commands with their options, fields of nets.</summary>
[Trait("Category", "Unit")]
public sealed partial class DocumentTests
{
    [Fact]
    public void EveryLinkAndAnchorIsThere()
    {
        string[] missing = [.. DocumentFile.All.SelectMany(f => f.Links().Where(l => !Exists(f, l.Target))
            .Select(l => $"{l.Place}: {l.Target}"))];

        Assert.True(DocumentFile.All.Sum(f => f.Links().Count()) > 200);
        Assert.True(missing.Length == 0, string.Join('\n', missing));
    }

    [Fact]
    public void EveryPageOfDocsIsInTheIndex()
    {
        string[] linked =
        [
            .. DocumentFile.All.Where(f => f.Path is "docs/README.md" or "docs/layers.md").SelectMany(
                f => f.Links().Select(l => Target(f, l.Target.Split('#')[0]))),
        ];

        Assert.Equal(
            [],
            DocumentFile.OfDocs.Where(f => f.Path is not "README.md" and not "docs/README.md")
                .Select(f => f.Path).Except(linked));
    }

    [Fact]
    public void EveryCommandLineIsUnderstoodByTheProgram()
    {
        RootCommand root = CommandLineProgram.Root(new CommandConsole(TextWriter.Null, TextWriter.Null));
        (string Place, string Text)[] lines =
            [.. DocumentFile.All.SelectMany(f => f.CommandLines("cnn")).Where(l => !IsUsage(l.Text))];
        string[] wrong =
        [
            .. lines.Select(l => (l.Place, Parsed: root.Parse(CaffeSpelling.WithTwoDashes(Words(l.Text)))))
                .Where(l => l.Parsed.Errors.Count > 0)
                .Select(l => $"{l.Place}: {l.Parsed.Errors[0].Message}"),
        ];

        Assert.True(lines.Length > 60);
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void EveryNetAndSolverIsRead()
    {
        DocumentBlock[] blocks = [.. Definitions()];

        Assert.True(blocks.Length > 10);
        Assert.All(blocks, block => _ = IsSolver(block)
            ? Read<SolverParameter>(block).Message.ToString()
            : Read<NetParameter>(block).Message.ToString());
    }

    [Theory]
    [InlineData(Phase.Train)]
    [InlineData(Phase.Test)]
    public void EveryWholeNetIsBuilt(Phase phase)
    {
        var options = new NetOptions { Phase = phase, MadeUp = new MadeUpData { Batch = 2 } };
        int built = 0;
        foreach (DocumentBlock block in Definitions().Where(b => !IsSolver(b)))
        {
            NetParameter message = Read<NetParameter>(block).Message;
            if (IsWhole(message))
            {
                using Net net = Net.Build(new NetDefinition(message), options);
                built++;
            }
        }

        Assert.True(built >= 4);
    }

    // The blocks but those that others include, which are no definitions by themselves.
    private static IEnumerable<DocumentBlock> Definitions() => DocumentFile.OfDocs
        .SelectMany(f => f.Blocks("prototxt").Concat(f.Blocks("yaml")))
        .Where(b => b.FileName is null);

    // The blocks that have a name by which others include them.
    private static IEnumerable<DocumentBlock> Included() =>
        DocumentFile.OfDocs.SelectMany(f => f.Blocks("yaml")).Where(b => b.FileName is not null);

    private static bool Exists(DocumentFile from, string link)
    {
        if (link.Contains("://", StringComparison.Ordinal))
        {
            return true;
        }

        string[] parts = link.Split('#', 2);
        string path = parts[0].Length == 0 ? from.Path : Target(from, parts[0]);
        return (File.Exists(Repository.PathOf(path)) || Directory.Exists(Repository.PathOf(path)))
            && (parts.Length == 1 || Markdown.Anchors(File.ReadAllLines(Repository.PathOf(path))).Contains(parts[1]));
    }

    // The path from the top folder of what a link in a file names.
    private static string Target(DocumentFile from, string link) => Path.GetRelativePath(
        Repository.Root, Path.GetFullPath(Path.Join(Path.GetDirectoryName(Repository.PathOf(from.Path)), link)))
        .Replace('\\', '/');

    // A line that shows what a command takes, rather than a call.
    private static bool IsUsage(string line) =>
        line.EndsWith("[options]", StringComparison.Ordinal) || UsageArgument().IsMatch(line);

    // The arguments of the program in a line of a shell.
    private static string[] Words(string line) =>
    [
        .. ShellWords().Matches(line).Select(m => m.Value)
            .TakeWhile(w => w is not ("|" or ">" or "2>&1" or "&&" or ";") && !w.StartsWith('#'))
            .Skip(1)
            .Select(w => w.Replace("\"", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal)),
    ];

    private static bool IsSolver(DocumentBlock block) => SolverField().IsMatch(block.Text);

    // Reads a block as a file beside those that may be included.
    private static Definition<T> Read<T>(DocumentBlock block)
        where T : class, Google.Protobuf.IMessage<T>, new()
    {
        using var folder = new TemporaryFolder();
        foreach (DocumentBlock included in Included())
        {
            folder.Write(included.FileName!, included.Text);
        }

        string name = $"main.{block.Language}";
        folder.Write(name, block.Text);
        try
        {
            return ProtoFile.Load<T>(folder[name]);
        }
        catch (CnnException exception)
        {
            throw new InvalidOperationException($"{block.Place}: {exception.Message}", exception);
        }
    }

    // Whether every blob that the net reads is written in it.
    private static bool IsWhole(NetParameter net)
    {
        var written = new HashSet<string>();
        return net.Layer.Count > 1 && net.Layer.All(layer =>
        {
            bool isThere = layer.Bottom.All(written.Contains);
            written.UnionWith(layer.Top);
            return isThere;
        });
    }

    [GeneratedRegex("""([^\s"']|"[^"]*"|'[^']*')+""")]
    private static partial Regex ShellWords();

    [GeneratedRegex(@" \[?<[a-z|]+>")]
    private static partial Regex UsageArgument();

    [GeneratedRegex(@"^(net|base_lr|net_param)\b", RegexOptions.Multiline)]
    private static partial Regex SolverField();
}
