using System.CommandLine;
using System.CommandLine.Help;
using Cnn.Engine.Distributed.Mpi;
using Cnn.Proto;
using Cnn.Runner.Commands;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;

namespace Cnn.Runner;

/// <summary>
/// The program <c>cnn</c>: reads the command line, runs a command and turns failures into exit codes.
/// </summary>
internal static class CommandLineProgram
{
    /// <summary>Runs the program with the caller's writers.</summary>
    public static int Run(string[] args, TextWriter output, TextWriter error) =>
        Run(args, new CommandConsole(output, error));

    /// <summary>Runs the program.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, CommandConsole console)
    {
        RootCommand root = Root(console);
        var verbose = new Option<bool>("--verbose", "-v")
        {
            Description = "Show the stack trace when the program fails by a fault of its own, and the warnings of a "
                + "plug-in's compiler.",
            Recursive = true,
        };
        var quiet = new Option<bool>("--quiet", "-q")
        {
            Description = "Write errors and results alone: no log lines, warnings or progress.",
            Recursive = true,
        };
        var plain = new Option<bool>("--plain")
        {
            Description = "Write plain log lines to a terminal too: no panel, nothing that changes in place.",
            Recursive = true,
        };
        root.Options.Add(verbose);
        root.Options.Add(quiet);
        root.Options.Add(plain);
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
        }

        // An argument that begins with @ is a file name, not a file of further arguments.
        var parsing = new ParserConfiguration { ResponseFileTokenReplacer = null };
        ParseResult parsed = root.Parse(CaffeSpelling.WithTwoDashes(args), parsing);
        if (UsageMistake.IsIn(parsed))
        {
            // Every process that a launcher has started has the same command line nearly always.
            if (Launcher.Find(Environment.GetEnvironmentVariable) is null or { Rank: 0 })
            {
                console.WriteError(UsageMistake.Describe(parsed));
            }

            return ExitCode.BadInput;
        }

        console.IsQuiet = parsed.GetValue(quiet);
        console.IsPlain = parsed.GetValue(plain);
        console.ShowsTraces = parsed.GetValue(verbose)
            || Environment.GetEnvironmentVariable(ProgramVariable.Trace) is "1";
        var configuration = new InvocationConfiguration
        {
            Output = console.Out,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        int code = Guarded(() => parsed.Invoke(configuration), console);
        return code == ExitCode.Done && console.Out is PrintableWriter { Inner: PatientWriter { HasLost: true } lost }
            ? Lost(lost, console)
            : code;
    }

    // The work is done, but its results did not reach the caller.
    private static int Lost(PatientWriter output, CommandConsole console)
    {
        string why = output.Failure is { } failure ? FileErrors.Reason(failure) : "it is closed";
        console.WriteError($"the results cannot be written to standard output: {why}");
        return ExitCode.Failed;
    }

    /// <summary>Creates all commands; a new one is added here.</summary>
    internal static RootCommand Root(CommandConsole console) =>
        new("Trains and runs neural networks that are described by text files, as Caffe does.")
        {
            NewCommand.Create(console),
            TrainCommand.Create(console),
            TestCommand.Create(console),
            TimeCommand.Create(console),
            SummaryCommand.Create(console),
            CheckCommand.Create(console),
            ForwardCommand.Create(console),
            ExportCommand.Create(console),
            ImportCommand.Create(console),
            ClassifyCommand.Create(console),
            DetectCommand.Create(console),
            ConvertCommand.Create(console),
            DataCommand.Create(console),
            PlotCommand.Create(console),
            RunsCommand.Create(console),
            ReportCommand.Create(console),
            DrawCommand.Create(console),
            LookCommand.Create(console),
            SchemaCommand.Create(console),
            DeviceQueryCommand.Create(console),
            CompletionCommand.Create(console),
            ManCommand.Create(console),
            ConvertImagesetCommand.Create(console),
            ComputeImageMeanCommand.Create(console),
            ConvertMnistDataCommand.Create(console),
            ConvertCifarDataCommand.Create(console),
            ExtractFeaturesCommand.Create(console),
            UpgradeCommand.NetText(console),
            UpgradeCommand.NetBinary(console),
            UpgradeCommand.SolverText(console),
        };

    private static int Guarded(Func<int> run, CommandConsole console)
    {
        try
        {
            return run();
        }
        catch (Exception exception)
        {
            FailureReport.Write(exception, console);
            return FailureReport.CodeOf(exception);
        }
    }
}
