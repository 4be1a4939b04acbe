using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Cnn.Proto;

namespace Cnn.Runner.Commands.Support;

/// <summary>Describes what is wrong with a command line, in one line.</summary>
internal static class UsageMistake
{
    /// <summary>Returns whether a command line cannot be run.</summary>
    public static bool IsIn(ParseResult parsed) =>
        parsed.Action is ParseErrorAction
        || (parsed.Action == parsed.CommandResult.Command.Action
            && (UnknownOption(parsed) ?? FailedCheck(parsed)) is not null);

    /// <summary>Describes the first mistake, with the nearest valid name and where to read on.</summary>
    public static string Describe(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        string path = CommandPath(parsed);
        string help = $"'{path} --help' shows the usage";
        if ((UnknownOption(parsed) ?? (parsed.UnmatchedTokens is [var first, ..] ? first : null)) is { } token)
        {
            string kind = token.StartsWith('-') ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
            string? suggestion = Suggestion.For(token, Names(parsed, command));
            return $"unknown {kind} '{token}'; {(suggestion is null ? "" : suggestion + " ")}{help}";
        }

        if (command.Subcommands.Count > 0)
        {
            return $"'{path}' needs a command: {string.Join(", ", command.Subcommands.Select(c => c.Name))}; {help}";
        }

        // Mistakes in what was given come before what is missing.
        string text = parsed.Errors.Count == 0
            ? FailedCheck(parsed)!
            : Text(parsed.Errors.FirstOrDefault(e => !IsOfMissing(e)) ?? parsed.Errors[0], parsed);
        return text + (text.EndsWith('?') ? " " : "; ") + help;
    }

    // The library takes a misspelt option for an argument where the command has one.
    private static string? UnknownOption(ParseResult parsed)
    {
        var given = new HashSet<Token>(
            parsed.CommandResult.Command.Arguments.SelectMany(a => parsed.GetResult(a)?.Tokens ?? []),
            ReferenceEqualityComparer.Instance);
        return parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
            .FirstOrDefault(token => token.Value is ['-', _, ..] && given.Contains(token))?.Value;
    }

    private static string? FailedCheck(ParseResult parsed) =>
        parsed.CommandResult.Command is CommandWithExamples command
            ? command.Checks.Select(check => check(parsed)).FirstOrDefault(mistake => mistake is not null)
            : null;

    private static bool IsOfMissing(ParseError error) => error.SymbolResult is OptionResult { IdentifierToken: null };

    // The library's own texts name types of .NET, so its errors are worded here; those of validators are ours.
    private static string Text(ParseError error, ParseResult parsed)
    {
        if (error.SymbolResult is OptionResult option)
        {
            string name = option.Option.Name;
            if (option.IdentifierToken is null)
            {
                return $"Option '{name}' is required";
            }

            if (parsed.Errors.FirstOrDefault(
                e => e.SymbolResult == option && e.Message.StartsWith(name, StringComparison.Ordinal)) is { } ours)
            {
                return ours.Message;
            }

            int count = option.Tokens.Count;
            ArgumentArity arity = option.Option.Arity;
            return count < arity.MinimumNumberOfValues ? $"{name} needs a value"
                : count > arity.MaximumNumberOfValues
                    ? $"{name} is given {count} values, it takes {arity.MaximumNumberOfValues}"
                : NumberText.Mistake(option.Tokens, option.Option.ValueType) is { } mistake ? $"{name} is {mistake}"
                : error.Message;
        }

        if (error.SymbolResult is ArgumentResult argument)
        {
            return argument.Tokens.Count < argument.Argument.Arity.MinimumNumberOfValues
                ? $"<{argument.Argument.Name}> is missing"
                : error.Message;
        }

        return error.Message;
    }

    private static string CommandPath(ParseResult parsed)
    {
        var names = new List<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as CommandResult)
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
