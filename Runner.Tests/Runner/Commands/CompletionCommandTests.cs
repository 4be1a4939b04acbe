using Cnn.Runner;
using Cnn.Runner.Display;

namespace Cnn.Tests.Runner.Commands;

[Trait("Category", "Unit")]
public class CompletionCommandTests
{
    [Theory]
    [InlineData("bash", "complete -o bashdefault -o default -F _cnn cnn")]
    [InlineData("zsh", "#compdef cnn")]
    [InlineData("powershell", "Register-ArgumentCompleter -Native -CommandName cnn")]
    public void AShellGetsAScriptThatAsksTheProgram(string shell, string expected)
    {
        CommandLine run = CommandLine.Run("completion", shell);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        Assert.Contains("[suggest:", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', run.Output);
        Assert.Empty(run.Error);
    }

    [Theory]
    [InlineData("", "cnn: <shell> is missing; 'cnn completion --help' shows the usage")]
    [InlineData(
        "zhs",
        "cnn: <shell> is 'zhs', it must be bash or zsh or powershell; did you mean 'zsh'? 'cnn completion --help' "
        + "shows the usage")]
    public void AnotherShellIsNamedWithTheKnownOnes(string shell, string expected)
    {
        CommandLine run = CommandLine.Run(["completion", .. shell.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.Equal(expected, run.Error.TrimEnd());
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public void EveryCommandAndItsOptionsAreSuggested()
    {
        var root = CommandLineProgram.Root(new CommandConsole(TextWriter.Null, TextWriter.Null));
        Assert.Equal(
            root.Subcommands.Select(c => c.Name).Order(StringComparer.Ordinal),
            Suggestions("").Where(s => s[0] is not ('-' or '/')).Order(StringComparer.Ordinal));
        foreach (var command in root.Subcommands.Where(c => c.Subcommands.Count == 0))
        {
            string[] suggested = Suggestions(command.Name + " ");
            Assert.All(command.Options, option => Assert.Contains(option.Name, suggested));
        }
    }

    [Theory]
    [InlineData("summary --phase ", "TEST", "TRAIN")]
    [InlineData("train --sigint_effect s", "snapshot", "stop")]
    [InlineData("new lenet", "lenet", "lenet5")]
    [InlineData("data mni", "mnist")]
    [InlineData("completion p", "powershell")]
    public void ValuesAreSuggested(string line, params string[] expected) => Assert.Equal(
        expected, Suggestions(line).Where(s => s[0] is not ('-' or '/')).Order(StringComparer.Ordinal));

    [Fact]
    public async Task BashCompletesCommandsOptionsAndValues()
    {
        Shell.HasOrSkip("bash");
        using var folder = new TemporaryFolder();
        folder.Write("solver.prototxt", "");
        folder.Write("complete.sh", """
            PATH=".:$PATH"
            source <(cnn completion bash)
            try() {
                COMP_LINE="$1" COMP_POINT=${#1}
                read -ra COMP_WORDS <<< "$1"
                [[ $1 == *' ' ]] && COMP_WORDS+=("")
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _cnn
                echo "$1: ${COMPREPLY[*]}"
            }
            try 'cnn upgrade_s'
            try 'cnn data mn'
            try 'cnn train --weights-'
            try 'cnn summary net.prototxt --phase T'
            try 'cnn summary --phase '
            try 'cnn train '
            try 'cnn train so'
            """);

        var (code, output, error) = await Shell.Run(folder, """
            printf '#!/bin/sh\nexec %s "$@"\n' "$CNN" > cnn
            chmod +x cnn
            bash complete.sh
            """);

        Assert.True(code == 0, error);
        Assert.Equal(
            """
            cnn upgrade_s: upgrade_solver_proto_text
            cnn data mn: mnist
            cnn train --weights-: --weights-from-root --weights-strict
            cnn summary net.prototxt --phase T: TEST TRAIN
            cnn summary --phase : TEST TRAIN
            cnn train : 
            cnn train so: 

            """,
            output);
    }

    private static string[] Suggestions(string line)
    {
        CommandLine run = CommandLine.Run($"[suggest:{line.Length}]", line);
        Assert.Equal(0, run.ExitCode);
        return run.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
    }
}
