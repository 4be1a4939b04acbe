using Cnn.Engine.Solvers;
using Cnn.Layers.Plugins;
using Cnn.Proto;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands.Support;

/// <summary>Tells the user what ended a command, and turns it into an exit code.</summary>
internal static class FailureReport
{
    /// <summary>Writes what went wrong; the stack trace too where it is asked for.</summary>
    public static void Write(Exception exception, CommandConsole console)
    {
        if (exception is CnnException mistake)
        {
            console.WriteError(mistake);
        }
        else
        {
            console.WriteError(Describe(exception, console.ShowsTraces));
        }

        if (console.ShowsTraces && exception is not OperationCanceledException)
        {
            console.Error.WriteLine(exception);
        }
    }

    /// <summary>Returns the exit code of a command that has ended with an exception.</summary>
    public static int CodeOf(Exception exception) => exception switch
    {
        CnnException { IsOfTheMachine: false } => ExitCode.BadInput,
        OperationCanceledException => ExitCode.Interrupted,
        _ => ExitCode.Failed,
    };

    /// <summary>
    /// Returns an error with the words of <see cref="Write"/> for one that is not of the user's making, so that other
    /// processes can tell it; null where it has words already.
    /// </summary>
    public static CnnException? InWords(Exception exception) =>
        exception is CnnException or TrainingException or OperationCanceledException
            ? null
            : new CnnException(Describe(exception, isTraced: false), inner: exception) { IsOfTheMachine = true };

    private static string Describe(Exception exception, bool isTraced) => exception switch
    {
        OperationCanceledException => "interrupted",
        TrainingException => exception.Message,
        IOException or UnauthorizedAccessException => $"a file cannot be used: {FileErrors.Reason(exception)}",
        ThreadStartException => "the system gives no more threads; --threads takes a smaller number",
        OutOfMemoryException memory => $"{MemoryErrors.Describe(memory)}; a smaller batch_size or input may help",
        _ when NativeLibrary.MissingIn(exception) is { } missing => missing,
        MissingMemberException or TypeLoadException =>
            $"a plug-in was built for another version, build it again: {PluginFault.Describe(exception)}",
        _ => $"a fault of the program: {exception.GetType().Name}: {FirstLine(exception)}"
            + (isTraced ? "" : "; --verbose shows where"),
    };

    private static string FirstLine(Exception exception) => exception.Message.Split('\n')[0].TrimEnd();
}
