using System.Globalization;
using Cnn.Engine.Distributed;
using Cnn.Proto;
using Cnn.Runner.Display;
using Serilog;

namespace Cnn.Runner.Commands.Support;

/// <summary>
/// The processes that run a command together, where a launcher such as mpirun has started several; otherwise this one
/// alone.
/// </summary>
internal sealed class CommandProcesses
{
    private const int MachinesShown = 8;

    private CommandProcesses(ProcessGroup? group) => Group = group;

    /// <summary>The processes; null where this one is alone.</summary>
    public ProcessGroup? Group { get; }

    /// <summary>Whether this process writes the command's results and files.</summary>
    public bool IsRoot => Group?.IsRoot ?? true;

    /// <summary>
    /// Joins the other processes, runs a command in all of them and leaves them. An error that all have is told by rank
    /// 0, and each ends with its exit code; an error of one process alone ends the others too.
    /// </summary>
    /// <param name="console">The console; that of a rank above 0 is muted.</param>
    /// <param name="isAskedFor">Whether the user asked for MPI.</param>
    /// <param name="run">The command, which returns its exit code, the same in each process.</param>
    /// <returns>The exit code.</returns>
    public static int Run(CommandConsole console, bool isAskedFor, Func<CommandProcesses, int> run)
    {
        using ProcessGroup? group = console.Join(isAskedFor);
        var processes = new CommandProcesses(group);
        if (group is null)
        {
            return run(processes);
        }

        if (group.Size > 1)
        {
            console.SpeakFor(group.Rank);
        }

        try
        {
            int code = run(processes);
            Meet(group);
            return code;
        }
        catch (Exception exception)
        {
            return End(group, console, exception);
        }
    }

    /// <summary>
    /// Does something that must succeed in every process: an error of one is an error of all; see
    /// <see cref="ProcessGroup.Together{T}"/>.
    /// </summary>
    /// <returns>What it made; that is disposed of where another process failed.</returns>
    public T Together<T>(Func<T> make)
    {
        if (Group is null)
        {
            return make();
        }

        T? made = default;
        try
        {
            return Group.Together(() => made = InWords(make));
        }
        catch
        {
            (made as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <summary>Returns in every process the text, or the lack of one, that a function returns in rank 0.</summary>
    public string? FromRoot(Func<string?> find)
    {
        if (Group is null)
        {
            return find();
        }

        string mine = Group.Together(() => IsRoot ? find() : null) ?? "";
        return Group.GatherText(mine)[0] is { Length: > 0 } found ? found : null;
    }

    /// <summary>Returns how many threads this process computes with.</summary>
    /// <param name="asked">What the user asked for; null for an equal share of the machine's cores.</param>
    /// <returns>The number; 0 for one per core.</returns>
    public int ThreadsOf(int? asked)
    {
        int share = Group is null ? 0 : ThreadShare.Of(Group);
        return asked ?? share;
    }

    /// <summary>Logs how many processes there are, where, and what joins them; every process calls it.</summary>
    /// <param name="log">The log of this process.</param>
    /// <param name="threads">The threads of this process.</param>
    public void Log(ILogger log, int threads)
    {
        if (Group is not null)
        {
            string[] all = Group.GatherText(threads.ToString(CultureInfo.InvariantCulture));
            string each = all.Distinct().Count() == 1
                ? $"{Count(threads, "thread")} each"
                : $"{string.Join(", ", all)} threads";
            log.Information(
                "{Line:l}", $"{Count(Group.Size, "process")} over {Group.Library}, {Machines(Group)}; {each}");
        }
    }

    private static T InWords<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception exception) when (FailureReport.InWords(exception) is { } error)
        {
            throw error;
        }
    }

    private static string Machines(ProcessGroup group)
    {
        (string Host, int Count)[] machines = [.. group.Hosts.GroupBy(h => h).Select(g => (g.Key, g.Count()))];
        return machines.Length switch
        {
            1 => $"on {machines[0].Host}",
            <= MachinesShown => string.Join(", ", machines.Select(m => $"{m.Count} on {m.Host}")),
            _ => $"on {machines.Length} machines from {machines[0].Host} to {machines[^1].Host}",
        };
    }

    private static string Count(int number, string what) =>
        number == 1 ? $"1 {what}" : $"{number} {what}{(what.EndsWith('s') ? "es" : "s")}";

    private static int End(ProcessGroup group, CommandConsole console, Exception exception)
    {
        int code = FailureReport.CodeOf(exception);
        if (ReferenceEquals(exception, group.CommonFailure))
        {
            if (group.IsRoot)
            {
                console.SpeakForAll();
                FailureReport.Write(exception, console);
            }

            Meet(group);
            return code;
        }

        if (!IsOfAnotherRank(exception))
        {
            FailureReport.Write(exception, console);
        }

        group.Abort(code);
        return code;
    }

    // A launcher ends the job when one process has ended with an error: rank 0 must have said everything by then.
    private static void Meet(ProcessGroup group)
    {
        try
        {
            group.Gather([]);
        }
        catch (CnnException) when (group.CommonFailure is not null)
        {
            // The job has failed already.
        }
    }

    // The rank that has ended the job has told why.
    private static bool IsOfAnotherRank(Exception exception) =>
        exception is CnnException { InnerException: OperationCanceledException };
}
