using System.CommandLine;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn man</c>: prints the program's manual page.</summary>
internal static class ManCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var command = new CommandWithExamples(
            "man",
            "Prints the manual page, in the format of man.",
            "cnn man | man -l -",
            "cnn man > ~/.local/share/man/man1/cnn.1");
        command.SetAction(parsed =>
        {
            console.Out.Write(ManualPage.Of(parsed.RootCommandResult.Command));
            return ExitCode.Done;
        });
        return command;
    }
}
