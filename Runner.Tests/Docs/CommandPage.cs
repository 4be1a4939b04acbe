using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.Globalization;
using Cnn.Runner;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;

namespace Cnn.Tests.Docs;

/// <summary>The page about the commands, made of what their help says.</summary>
internal static class CommandPage
{
    /// <summary>Returns the page: its name in <c>docs</c>, and its lines.</summary>
    public static (string Name, IEnumerable<string> Lines) Page()
    {
        Command[] commands = [.. Leaves(CommandLineProgram.Root(new CommandConsole(TextWriter.Null, TextWriter.Null)))];
        return ("commands.md",
        [
            "# Commands",
            "",
            "`cnn COMMAND --help` says the same. Options may be written with one dash, as Caffe's are.",
            "",
            "| command | does |",
            "| --- | --- |",
            .. commands.Select(c => Markdown.Row(
                $"[`cnn {NameOf(c)}`](#{Markdown.Anchor("cnn " + NameOf(c))})", Markdown.Escape(c.Description ?? ""))),
            "",
            "## Exit codes",
            "",
            "| code | means |",
            "| --- | --- |",
            .. ExitCode.Meanings.Select(m => Markdown.Row(
                m.Code.ToString(CultureInfo.InvariantCulture), Markdown.Escape(m.Meaning))),
            "",
            "## Environment variables",
            "",
            "| variable | does |",
            "| --- | --- |",
            .. ProgramVariable.Meanings.Select(m => Markdown.Row($"`{m.Name}`", Markdown.Escape(m.Meaning))),
            .. commands.SelectMany(About),
        ]);
    }

    /// <summary>Returns the commands that do something, in the order of the help.</summary>
    private static IEnumerable<Command> Leaves(Command command) => command.Subcommands.Count == 0
        ? [command]
        : command.Subcommands.Where(c => !c.Hidden).SelectMany(Leaves);

    private static IEnumerable<string> About(Command command)
    {
        string arguments = string.Concat(command.Arguments.Where(a => !a.Hidden).Select(a =>
        {
            string name = $"{a.HelpName ?? a.Name}";
            string text = name.StartsWith('<') ? name : $"<{name}>";
            text = a.Arity.MaximumNumberOfValues > 1 ? $"{text}..." : text;
            return a.Arity.MinimumNumberOfValues == 0 ? $" [{text}]" : $" {text}";
        }));
        Option[] options = [.. command.Options.Where(o => o is not HelpOption && !o.Hidden)];
        string[] examples = command is CommandWithExamples told ? [.. told.Examples] : [];
        return
        [
            "",
            $"## cnn {NameOf(command)}",
            "",
            Markdown.Escape(command.Description ?? ""),
            "",
            $"    cnn {NameOf(command)}{arguments}{(options.Length > 0 ? " [options]" : "")}",
            .. command.Arguments.Count == 0 ? [] : (string[])
            [
                "",
                "| argument | is |",
                "| --- | --- |",
                .. command.Arguments.Where(a => !a.Hidden).Select(
                    a => Markdown.Row($"`{a.HelpName ?? a.Name}`", Markdown.Escape(a.Description ?? ""))),
            ],
            .. options.Length == 0 ? [] : (string[])
            [
                "",
                "| option | value | does |",
                "| --- | --- | --- |",
                .. options.Select(o => Markdown.Row(NamesOf(o), ValueOf(o), MeaningOf(o))),
            ],
            .. examples.Length == 0 ? [] : (string[])
            [
                "",
                examples.Length == 1 ? "Example:" : "Examples:",
                "",
                .. examples.Select(e => "    " + e),
            ],
        ];
    }

    private static string NameOf(Command command) => command.Parents.OfType<Command>().FirstOrDefault() is { } parent
        and not RootCommand
            ? $"{NameOf(parent)} {command.Name}"
            : command.Name;

    private static string NamesOf(Option option) => string.Join(
        ", ",
        option.Aliases.Append(option.Name).Distinct().OrderBy(n => n.Length).ThenBy(n => n, StringComparer.Ordinal)
            .Select(n => $"`{n}`"));

    private static string ValueOf(Option option)
    {
        if (option.ValueType == typeof(bool) && option.HelpName is null)
        {
            return "";
        }

        string[] words = [.. option.GetCompletions(CompletionContext.Empty).Select(c => c.Label)];
        string value = option.HelpName ?? (words.Length > 0 ? string.Join('|', words) : "value");
        return $"`{value}`";
    }

    private static string MeaningOf(Option option)
    {
        string text = Markdown.Escape(option.Description ?? "");
        return option.Required ? $"{text} Required."
            : option.HasDefaultValue && option.GetDefaultValue() is { } value and not false and not Array
                ? $"{text} Default: `{Convert.ToString(value, CultureInfo.InvariantCulture)}`."
                : text;
    }
}
