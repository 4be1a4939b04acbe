using Cnn.Engine.Distributed;
using Cnn.Engine.Distributed.Mpi;
using Cnn.Proto;
using Cnn.Runner.Reports;
using Serilog.Core;
using Spectre.Console;

namespace Cnn.Runner.Display;

/// <summary>The streams that a command writes to.</summary>
/// <param name="Out">Receives results.</param>
/// <param name="Error">Receives log lines and errors.</param>
internal sealed record CommandConsole(TextWriter Out, TextWriter Error)
{
    private readonly LiveLine? live;
    private readonly LiveBlock? block;

    // Names the process that an error is of; empty where there is one process.
    private string mark = "";

    /// <summary>Receives results; those of rank 0 alone where several processes run the command.</summary>
    public TextWriter Out { get; private set; } = new PrintableWriter(Out);

    /// <summary>Receives log lines and errors.</summary>
    public TextWriter Error { get; } = new PrintableWriter(Error);

    /// <summary>
    /// The line for live displays; null when the errors do not go to a terminal or plain lines are asked for.
    /// </summary>
    public LiveLine? Live
    {
        get => IsPlain ? null : live;
        init => live = value;
    }

    /// <summary>The lines for live displays; null when <see cref="Live"/> is.</summary>
    public LiveBlock? Block
    {
        get => IsPlain ? null : block;
        init => block = value;
    }

    /// <summary>Whether a terminal shows plain lines too, nothing that changes in place.</summary>
    public bool IsPlain { get; set; }

    /// <summary>Whether errors and results alone are written: no log lines, warnings or progress.</summary>
    public bool IsQuiet { get; set; }

    /// <summary>Whether errors are followed by their stack traces.</summary>
    public bool ShowsTraces { get; set; }

    /// <summary>
    /// Joins the processes that a launcher has started together with this one; see <see cref="ProcessGroup.Join"/>.
    /// </summary>
    public Func<bool, ProcessGroup?> Join { get; init; } = ProcessGroup.Join;

    /// <summary>Shows log lines; null when the user asked for quiet.</summary>
    public ILogEventSink? LogSink =>
        IsQuiet ? null : Live is { } line ? new LiveSink(line) : new WriterSink(Error);

    /// <summary>Opens standard input.</summary>
    public Func<Stream> OpenInput { get; init; } = () => Stream.Null;

    /// <summary>Writes a line that is neither a result nor an error; it stands above a block that is shown.</summary>
    public void WriteNote(string line)
    {
        if (IsQuiet)
        {
            return;
        }

        if (Block is { } shown)
        {
            shown.WriteAbove(line);
        }
        else
        {
            Error.WriteLine(line);
        }
    }

    /// <summary>Writes the user's mistakes.</summary>
    public void WriteError(CnnException exception)
    {
        foreach (Diagnostic diagnostic in exception.Diagnostics)
        {
            bool isPlace = diagnostic.Location is not null && mark.Length == 0;
            Error.WriteLine(isPlace ? diagnostic.ToString() : $"cnn: {mark}{diagnostic}");
        }
    }

    /// <summary>Writes an error.</summary>
    public void WriteError(string message) => Error.WriteLine($"cnn: {mark}{message}");

    /// <summary>
    /// Makes it the console of one of several processes: errors name the rank, and other ranks than 0 write nothing
    /// else.
    /// </summary>
    public void SpeakFor(int rank)
    {
        mark = $"rank {rank}: ";
        if (rank > 0)
        {
            (Out, IsQuiet, IsPlain) = (TextWriter.Null, true, true);
        }
    }

    /// <summary>Lets errors be those of all processes from now on.</summary>
    public void SpeakForAll() => mark = "";

    /// <summary>Creates the console of this process.</summary>
    public static CommandConsole OfProcess()
    {
        if (Console.IsInputRedirected && Console.IsErrorRedirected && !Console.IsOutputRedirected
            && Launcher.Find(Environment.GetEnvironmentVariable) is not null)
        {
            // The first line would bring what prepares the terminal for keys. Under mpirun standard output is a
            // terminal that nobody types on, and its text often goes to a file.
            Environment.SetEnvironmentVariable("TERM", null);
        }

        PatientWriter output = StandardStream.Output(), error = StandardStream.Error();
        bool isLive = IsLiveTerminal();
        return new CommandConsole(output, error)
        {
            OpenInput = StandardStream.Input,
            Live = isLive ? new LiveLine(error, TerminalSize.Columns) : null,
            Block = isLive
                ? new LiveBlock(error, TerminalSize.Columns, TerminalSize.Rows) { Glyphs = Glyphs.Of(error.Encoding) }
                : null,
        };
    }

    // Services that build and test set CI; what they record is read as a file.
    private static bool IsLiveTerminal() =>
        !Console.IsErrorRedirected
        && Environment.GetEnvironmentVariable("CI") is null or "" or "0" or "false"
        && AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })
            .Profile.Capabilities is { Interactive: true, Ansi: true };
}
