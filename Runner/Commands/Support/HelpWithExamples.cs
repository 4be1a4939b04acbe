using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Cnn.Runner.Commands.Support;

/// <summary>
/// Prints the usual help, then the command's examples. The program's own help ends with exit codes and variables.
/// </summary>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = usual.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is CommandWithExamples { Examples.Count: > 0 } command)
        {
            output.WriteLine(command.Examples.Count == 1 ? "Example:" : "Examples:");
            foreach (string example in command.Examples)
            {
                output.WriteLine("  " + example);
            }

            output.WriteLine();
        }

        if (parseResult.CommandResult.Command is RootCommand)
        {
            WriteFacts(output);
        }

        return code;
    }

    private static void WriteFacts(TextWriter output)
    {
        output.WriteLine("Exit codes:");
        foreach ((int code, string meaning) in ExitCode.Meanings)
        {
            output.WriteLine($"  {code,-4} {meaning}");
        }

        output.WriteLine();
        output.WriteLine("Environment:");
        int width = ProgramVariable.Meanings.Max(variable => variable.Name.Length);
        foreach ((string name, string meaning) in ProgramVariable.Meanings)
        {
            output.WriteLine($"  {name.PadRight(width)}  {meaning}");
        }

        output.WriteLine();
    }
}
