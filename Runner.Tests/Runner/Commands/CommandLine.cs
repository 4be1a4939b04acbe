using Cnn.Runner;

namespace Cnn.Tests.Runner.Commands;

/// <summary>The result of a command line of the program, run in this process.</summary>
internal sealed record CommandLine(int ExitCode, string Output, string Error)
{
    public static CommandLine Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = CommandLineProgram.Run(arguments, output, error);
        return new CommandLine(code, output.ToString(), error.ToString());
    }
}
