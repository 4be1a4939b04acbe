using System.Text.RegularExpressions;
using Cnn.Layers;
using Cnn.Tests.Runner.Commands;

namespace Cnn.Tests.Api;

/// <summary>The README's tables list every layer type and every command, and nothing else.</summary>
[Trait("Category", "Unit")]
public partial class ReadmeTablesTests
{
    [Fact]
    public void TheTableOfLayerTypesIsTheRegistry()
    {
        string[] listed =
        [
            .. Rows("What a net can be made of").SelectMany(cells => InParentheses().Replace(cells[1], "").Split(','))
                .Select(type => type.Trim()),
        ];

        Assert.Equal(new LayerRegistry().Types.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TheTableOfCommandsIsTheProgram()
    {
        string[] listed =
        [
            .. Rows("Commands").SelectMany(cells => Words().Matches(cells[0]).Select(m => m.Groups["words"].Value))
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

    // Returns the cells of a section's first table by row, without the header.
    private static string[][] Rows(string section)
    {
        string[] lines = File.ReadAllLines(Repository.PathOf("README.md"));
        int start = Array.IndexOf(lines, $"## {section}");
        Assert.True(start >= 0, $"README.md has no section '{section}'");
        string[][] rows =
        [
            .. lines.Skip(start).SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|'))
                .Skip(2)
                .Select(line => line.Trim('|', ' ').Split(" | ")),
        ];
        Assert.NotEmpty(rows);
        return rows;
    }

    [GeneratedRegex(@" ?\([^)]*\)")]
    private static partial Regex InParentheses();

    // `cnn data mnist --from DIR` has the words "data mnist"; words in capitals or with dashes are the user's.
    [GeneratedRegex("`cnn (?<words>[a-z][a-z0-9_]*( [a-z][a-z0-9_]*)*)")]
    private static partial Regex Words();

    [GeneratedRegex(@"^  (?<name>[a-z][a-z0-9_-]*)\b", RegexOptions.Multiline)]
    private static partial Regex CommandLines();
}
