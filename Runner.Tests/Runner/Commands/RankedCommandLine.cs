using Cnn.Engine.Distributed;
using Cnn.Runner;
using Cnn.Runner.Display;
using Cnn.Tests.Engine.Distributed;

namespace Cnn.Tests.Runner.Commands;

/// <summary>Runs a command line in several ranks, which are threads of this process.</summary>
internal static class RankedCommandLine
{
    /// <summary>Runs the same command line in each rank and returns the results by rank.</summary>
    public static CommandLine[] Run(int size, params string[] arguments) => Run(size, _ => arguments);

    /// <summary>Runs a command line of its own in each rank and returns the results by rank.</summary>
    public static CommandLine[] Run(int size, Func<int, string[]> arguments) => Run(
        size, (console, rank) => CommandLineProgram.Run(arguments(rank), console));

    /// <summary>Runs something with a console for each rank and returns the results by rank.</summary>
    public static CommandLine[] Run(int size, Func<CommandConsole, int, int> run) =>
        InProcessJob.Run(size, group => Run(group, run));

    private static CommandLine Run(ProcessGroup group, Func<CommandConsole, int, int> run)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = run(new CommandConsole(output, error) { Join = _ => group }, group.Rank);
        return new CommandLine(code, output.ToString(), error.ToString());
    }
}
