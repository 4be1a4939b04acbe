using System.Text.RegularExpressions;
using Cnn.Layers;
using Cnn.Tests.Runner.Commands;

namespace Cnn.Tests.Api;

/// <summary>The documents' tables list every layer type and every command, and nothing else.</summary>
[Trait("Category", "Unit")]
public partial class ReadmeTablesTests
{
    [Fact]
    public void TheTableOfLayerTypesIsTheRegistry()
    {
        string[] listed =
        [
            .. File.ReadAllLines(Repository.PathOf("docs", "layers.md")).Select(line => LayerRow().Match(line))
                .Where(row => row.Success).Select(row => row.Groups["type"].Value),
        ];

        Assert.Equal(
            new LayerRegistry().Types.Where(t => t != "Python").Order(StringComparer.Ordinal),
            listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TheTableOfCommandsIsTheProgram()
    {
        string[] listed =
        [
            .. Rows().SelectMany(cells => Words().Matches(cells[0]).Select(m => m.Groups["words"].Value))
                .Order(StringComparer.Ordinal),
        ];

        Assert.Equal(CommandsBelow([]).Order(StringComparer.Ordinal), listed);
    }

    // A command with subcommands is listed as its subcommands.
    private static IEnumerable<string> CommandsBelow(string[] words)
    {
        string[] below = CommandsOfHelp(CommandLine.Run([.. words, "--help"]).Output);
        return below.Length == 0 && words.Length > 0
            ? [string.Join(' ', words)]
            : below.SelectMany(command => CommandsBelow([.. words, command]));
    }

    private static string[] CommandsOfHelp(string help)
    {
        int start = help.IndexOf("\nCommands:", StringComparison.Ordinal);
        return start < 0 ? [] : [.. CommandLines().Matches(help[start..]).Select(m => m.Groups["name"].Value)];
    }

    // Returns the cells of the first table of the page about commands, without the header.
    private static string[][] Rows()
    {
        string[] lines = File.ReadAllLines(Repository.PathOf("docs", "commands.md"));
        string[][] rows =
        [
            .. lines.SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|'))
                .Skip(2)
                .Select(line => line.Trim('|', ' ').Split(" | ")),
        ];
        Assert.NotEmpty(rows);
        return rows;
    }

    [GeneratedRegex(@"^\| \[(?<type>\w+)\]\(layers/")]
    private static partial Regex LayerRow();

    // `cnn data mnist --from DIR` has the words "data mnist"; words in capitals or with dashes are the user's.
    [GeneratedRegex("`cnn (?<words>[a-z][a-z0-9_]*( [a-z][a-z0-9_]*)*)")]
    private static partial Regex Words();

    [GeneratedRegex(@"^  (?<name>[a-z][a-z0-9_-]*)\b", RegexOptions.Multiline)]
    private static partial Regex CommandLines();
}
