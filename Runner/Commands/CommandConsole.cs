using Spectre.Console;

namespace Cnn.Runner.Commands;

/// <summary>Where a command writes.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Log lines and errors.</param>
internal sealed record CommandConsole(TextWriter Out, TextWriter Error)
{
    /// <summary>The terminal for live displays; null when the errors do not go to one.</summary>
    public IAnsiConsole? Terminal { get; init; }

    /// <summary>The console of this process.</summary>
    public static CommandConsole OfProcess()
    {
        IAnsiConsole? terminal = null;
        if (!Console.IsErrorRedirected)
        {
            terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
            terminal = terminal.Profile.Capabilities is { Interactive: true, Ansi: true } ? terminal : null;
        }

        return new CommandConsole(Console.Out, Console.Error) { Terminal = terminal };
    }
}
