using System.CommandLine;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn completion</c>: prints what makes a shell complete the program's command lines.</summary>
internal static class CompletionCommand
{
    private static readonly string[] Shells = ["bash", "zsh", "powershell"];

    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var shell = new Argument<string>("shell") { Description = $"The shell: {string.Join(" or ", Shells)}." };
        OptionValues.OneOf(shell, Shells);
        var command = new CommandWithExamples(
            "completion",
            "Prints a script for a shell that completes commands, options and values with the Tab key.",
            "source <(cnn completion bash)",
            "cnn completion bash > ~/.local/share/bash-completion/completions/cnn",
            "cnn completion zsh > ~/.zfunc/_cnn",
            "cnn completion powershell | Out-String | Invoke-Expression")
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            console.Out.Write(Script(parsed.GetRequiredValue(shell)));
            return ExitCode.Done;
        });
        return command;
    }

    private static string Script(string shell)
    {
        Stream script = typeof(CompletionCommand).Assembly.GetManifestResourceStream($"completion/{shell}")!;
        using var reader = new StreamReader(script);
        return reader.ReadToEnd();
    }
}
