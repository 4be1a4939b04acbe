using System.CommandLine;
using Cnn.Proto;

namespace Cnn.Runner.Commands;

/// <summary>What is wrong with a command line, as one line.</summary>
internal static class UsageMistake
{
    /// <summary>The first mistake, with the nearest valid name and where to read on.</summary>
    public static string Describe(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string path = CommandPath(parsed);
        string help = $"'{path} --help' shows the usage";
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string token = parsed.UnmatchedTokens[0];
            string kind = token.StartsWith('-') ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
            string? suggestion = Suggestion.For(token, Names(parsed, command));
            return $"unknown {kind} '{token}'; {(suggestion is null ? "" : suggestion + " ")}{help}";
        }

        if (command.Subcommands.Count > 0)
        {
            return $"'{path}' needs a command: {string.Join(", ", command.Subcommands.Select(c => c.Name))}; {help}";
        }

        string message = string.Join(" ", parsed.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return $"{message.TrimEnd('.')}; {help}";
    }

    private static string CommandPath(ParseResult parsed)
    {
        var names = new List<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as System.CommandLine.Parsing.CommandResult)
        {
            names.Insert(0, result.Command is RootCommand ? "cnn" : result.Command.Name);
        }

        return string.Join(' ', names);
    }

    private static IEnumerable<string> Names(ParseResult parsed, Command command) =>
        command.Subcommands.Select(c => c.Name)
            .Concat(command.Options.SelectMany(o => o.Aliases.Prepend(o.Name)))
            .Concat(parsed.RootCommandResult.Command.Options.Where(o => o.Recursive).Select(o => o.Name));
}
