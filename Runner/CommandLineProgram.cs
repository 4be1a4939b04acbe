using System.CommandLine;
using System.CommandLine.Help;
using Cnn.Engine.Solvers;
using Cnn.Layers.Plugins;
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
        root.Options.Add(verbose);
        root.Options.Add(quiet);
        foreach (HelpOption help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
        }

        // An argument that begins with @ is a file name, not a file of further arguments.
        var parsing = new ParserConfiguration { ResponseFileTokenReplacer = null };
        ParseResult parsed = root.Parse(CaffeSpelling.WithTwoDashes(args), parsing);
        if (UsageMistake.IsIn(parsed))
        {
            console.Error.WriteLine($"cnn: {UsageMistake.Describe(parsed)}");
            return ExitCode.BadInput;
        }

        console.IsQuiet = parsed.GetValue(quiet);
        bool trace = parsed.GetValue(verbose) || Environment.GetEnvironmentVariable(ProgramVariable.Trace) is "1";
        var configuration = new InvocationConfiguration
        {
            Output = console.Out,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        int code = Guarded(() => parsed.Invoke(configuration), console, trace);
        return code == ExitCode.Done && console.Out is PatientWriter { HasLost: true } lost
            ? Lost(lost, console)
            : code;
    }

    // The work is done, but its results did not reach the caller.
    private static int Lost(PatientWriter output, CommandConsole console)
    {
        string why = output.Failure is { } failure ? FileErrors.Reason(failure) : "it is closed";
        console.Error.WriteLine($"cnn: the results cannot be written to standard output: {why}");
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
            DrawCommand.Create(console),
            ReportCommand.Create(console),
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

    private static int Guarded(Func<int> run, CommandConsole console, bool trace)
    {
        try
        {
            return run();
        }
        catch (CnnException exception)
        {
            console.WriteError(exception);
            Trace(exception);
            return exception.IsOfTheMachine ? ExitCode.Failed : ExitCode.BadInput;
        }
        catch (OperationCanceledException)
        {
            console.Error.WriteLine("cnn: interrupted");
            return ExitCode.Interrupted;
        }
        catch (TrainingException exception)
        {
            console.Error.WriteLine($"cnn: {exception.Message}");
            Trace(exception);
            return ExitCode.Failed;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            console.Error.WriteLine($"cnn: a file cannot be used: {FileErrors.Reason(exception)}");
            Trace(exception);
            return ExitCode.Failed;
        }
        catch (ThreadStartException exception)
        {
            console.Error.WriteLine("cnn: the system gives no more threads; --threads takes a smaller number");
            Trace(exception);
            return ExitCode.Failed;
        }
        catch (OutOfMemoryException exception)
        {
            console.Error.WriteLine("cnn: out of memory; a smaller batch_size may help");
            Trace(exception);
            return ExitCode.Failed;
        }
        catch (Exception exception) when (NativeLibrary.MissingIn(exception) is { } missing)
        {
            console.Error.WriteLine($"cnn: {missing}");
            Trace(exception);
            return ExitCode.Failed;
        }
        catch (Exception exception) when (exception is MissingMemberException or TypeLoadException)
        {
            console.Error.WriteLine(
                $"cnn: a plug-in was built for another version, build it again: {PluginFault.Describe(exception)}");
            Trace(exception);
            return ExitCode.Failed;
        }
        catch (Exception exception)
        {
            console.Error.WriteLine(
                $"cnn: a fault of the program: {exception.GetType().Name}: {FirstLine(exception)}"
                + (trace ? "" : "; --verbose shows where"));
            Trace(exception);
            return ExitCode.Failed;
        }

        void Trace(Exception exception)
        {
            if (trace)
            {
                console.Error.WriteLine(exception);
            }
        }
    }

    private static string FirstLine(Exception exception) => exception.Message.Split('\n')[0].TrimEnd();
}
