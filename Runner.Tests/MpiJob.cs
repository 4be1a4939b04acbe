using System.Diagnostics;
using System.Text;

namespace Cnn.Tests;

/// <summary>
/// Processes that a launcher of MPI runs together. A job that takes longer than four minutes is ended.
/// </summary>
internal sealed class MpiJob : IDisposable
{
    private const string Mark = "CNN_TEST_JOB";

    /// <summary>The program's assembly.</summary>
    public static readonly string Program = Path.Combine(AppContext.BaseDirectory, "cnn.dll");

    private static readonly TimeSpan Guard = TimeSpan.FromMinutes(4);

    private readonly MpiLauncher launcher;
    private readonly string mark;
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();
    private readonly CancellationTokenSource guard;

    private MpiJob(MpiLauncher launcher, string mark, ProcessStartInfo start)
    {
        (this.launcher, this.mark) = (launcher, mark);
        guard = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        guard.CancelAfter(Guard);
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Add(output, line.Data);
        process.ErrorDataReceived += (_, line) => Add(error, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The standard output of all ranks so far.</summary>
    public string Output => Text(output);

    /// <summary>The standard error of the launcher and all ranks so far.</summary>
    public string Error => Text(error);

    /// <summary>Starts the program in each of some processes.</summary>
    public static MpiJob Cnn(
        MpiLauncher launcher, int processes, TemporaryFolder folder, params string[] arguments) =>
        Start(launcher, folder.Path, [], (processes, folder.Path, [Program, .. arguments]));

    /// <summary>Starts programs of .NET, each in some processes; the ranks go on from one to the next.</summary>
    /// <param name="launcher">What starts them.</param>
    /// <param name="workingDirectory">Where the launcher runs.</param>
    /// <param name="environment">Variables besides those of this process.</param>
    /// <param name="parts">How many processes run where, and with which arguments of <c>dotnet</c>.</param>
    public static MpiJob Start(
        MpiLauncher launcher,
        string workingDirectory,
        Dictionary<string, string> environment,
        params (int Processes, string Folder, string[] Arguments)[] parts)
    {
        string mark = $"{Environment.ProcessId}-{Path.GetRandomFileName()}";

        // Tests that run in the background ignore Ctrl-C, and the processes would inherit that.
        var start = new ProcessStartInfo("env", ["--default-signal=INT,HUP", launcher.Program, .. launcher.Options])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in launcher.Variables.Concat(environment).Append(new(Mark, mark)))
        {
            start.Environment[name] = value;
        }

        IEnumerable<string> arguments = parts.SelectMany(
            part => (string[])
                [":", "-n", $"{part.Processes}", "-wdir", part.Folder, "dotnet", .. part.Arguments]);
        foreach (string argument in arguments.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        return new MpiJob(launcher, mark, start);
    }

    /// <summary>Waits for the end and returns the launcher's exit code; fails where it does not come in time.</summary>
    public async Task<int> Finish()
    {
        try
        {
            await process.WaitForExitAsync(guard.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{launcher.Name} has not come to its end in {Guard.TotalSeconds} s\n{Output}\n{Error}");
        }

        return process.ExitCode;
    }

    /// <summary>
    /// Waits until a condition that can be seen from outside holds; fails when the job ends first.
    /// </summary>
    public async Task WaitUntil(Func<bool> hasHappened)
    {
        while (!hasHappened())
        {
            Assert.False(process.HasExited, $"{Output}\n{Error}");
            Assert.False(guard.IsCancellationRequested, $"nothing has happened\n{Output}\n{Error}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Sends a signal by its name, such as "KILL", to the process of a rank.</summary>
    public void Signal(int rank, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{ProcessOf(rank)}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        process.Dispose();
        guard.Dispose();
    }

    private static void Add(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.AppendLine(line);
        }
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    // The launcher gives each process its rank by the environment, and passes the mark on.
    private string ProcessOf(int rank) => Path.GetFileName(
        Directory.EnumerateDirectories("/proc")
            .Where(folder => Path.GetFileName(folder).All(char.IsAsciiDigit))
            .Single(folder => Has(folder, $"{Mark}={mark}", $"{launcher.Rank}={rank}")));

    private static bool Has(string folder, params string[] variables)
    {
        try
        {
            string[] environment = File.ReadAllText(Path.Combine(folder, "environ")).Split('\0');
            return Array.TrueForAll(variables, environment.Contains);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is another user's.
            return false;
        }
    }
}
