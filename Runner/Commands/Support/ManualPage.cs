using System.CommandLine;
using System.Text;

namespace Cnn.Runner.Commands.Support;

/// <summary>
/// Writes the program's manual page from its commands' help, in the man macros of roff: groff_man(7). Paragraphs with
/// tags describe options, a section each command.
/// </summary>
internal sealed class ManualPage
{
    private readonly StringBuilder text = new();

    private ManualPage()
    {
    }

    /// <summary>Returns the page.</summary>
    /// <param name="root">The program.</param>
    public static string Of(Command root)
    {
        var page = new ManualPage();
        page.Request("TH", "CNN", "1");
        page.Request("SH", "NAME");
        page.Line("cnn - " + Text(root.Description!.TrimEnd('.')));
        page.Request("SH", "SYNOPSIS");
        page.Line(@"\fBcnn\fR \fIcommand\fR [\fIarguments\fR]");
        page.Request("SH", "OPTIONS");
        page.Options(root);
        page.Request("SH", "COMMANDS");
        foreach (Command command in root.Subcommands)
        {
            page.Command(command, "cnn");
        }

        page.Request("SH", "EXIT STATUS");
        foreach ((int code, string meaning) in ExitCode.Meanings)
        {
            page.Tagged($@"\fB{code}\fR", meaning);
        }

        page.Request("SH", "ENVIRONMENT");
        foreach ((string name, string meaning) in ProgramVariable.Meanings)
        {
            page.Tagged($@"\fB{Text(name)}\fR", meaning);
        }

        return page.text.ToString();
    }

    private void Command(Command command, string above)
    {
        string name = $"{above} {command.Name}";
        foreach (Command below in command.Subcommands)
        {
            Command(below, name);
        }

        if (command.Subcommands.Count > 0)
        {
            return;
        }

        Request("SS", name + string.Concat(command.Arguments.Select(a => " " + Usage(a))) + " [options]");
        Line(Text(command.Description!));
        foreach (Argument argument in command.Arguments)
        {
            Tagged($@"\fI{Text(argument.Name)}\fR", argument.Description);
        }

        Options(command);
        if (command is CommandWithExamples { Examples.Count: > 0 } with)
        {
            Request("PP");
            Line(with.Examples.Count == 1 ? "Example:" : "Examples:");
            foreach (string example in with.Examples)
            {
                Request("PP");
                Request("RS", "4");
                Line(Text(example));
                Request("RE");
            }
        }
    }

    private void Options(Command command)
    {
        foreach (Option option in command.Options.Where(o => !o.Hidden))
        {
            string names = string.Join(", ", option.Aliases.Order().Prepend(option.Name).Distinct()
                .Where(name => name.StartsWith('-')).Select(name => $@"\fB{Text(name)}\fR"));
            string value = option.HelpName is { } help ? $@" \fI{Text(help)}\fR" : "";
            Tagged(names + value, Description(option));
        }
    }

    private static string Description(Option option)
    {
        string notes = (option.Required ? " Required." : "")
            + (option.HasDefaultValue && option.GetDefaultValue() is string { Length: > 0 } preset
                ? $" {preset} if not given."
                : "");
        return option.Description + notes;
    }

    private static string Usage(Argument argument)
    {
        string many = argument.Arity.MaximumNumberOfValues > 1 ? "..." : "";
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{argument.Name}{many}]" : argument.Name + many;
    }

    private void Tagged(string tag, string? description)
    {
        Request("TP");
        Line(tag);
        Line(Text(description ?? ""));
    }

    private void Request(string name, params string[] arguments) =>
        text.Append('.').Append(name).Append(string.Concat(arguments.Select(a => $" \"{Text(a)}\""))).Append('\n');

    // A line that begins with a dot or an apostrophe would be a request.
    private void Line(string line) => text.Append(line is ['.' or '\'', ..] ? @"\&" : "").Append(line).Append('\n');

    // Escapes what roff reads otherwise; a bare - would be printed as a hyphen.
    private static string Text(string plain) => plain.Replace(@"\", @"\e", StringComparison.Ordinal)
        .Replace("-", @"\-", StringComparison.Ordinal)
        .Replace("\"", @"\(dq", StringComparison.Ordinal);
}
