using Cnn.Proto;
using Spectre.Console;

namespace Cnn.Runner.Commands;

/// <summary>Where a command writes.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Log lines and errors.</param>
internal sealed record CommandConsole(TextWriter Out, TextWriter Error)
{
    /// <summary>The terminal for live displays; null when the errors do not go to one.</summary>
    public IAnsiConsole? Terminal { get; init; }

    /// <summary>Tells the user's mistakes.</summary>
    public void Tell(CnnException exception)
    {
        foreach (Diagnostic diagnostic in exception.Diagnostics)
        {
            Error.WriteLine(diagnostic.Location is null ? $"cnn: {diagnostic}" : diagnostic.ToString());
        }
    }

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
