using System.Diagnostics;
using System.Globalization;

namespace Cnn.Campaigns.Mutation;

/// <summary>The other end of a <see cref="TestWorker"/>: starts it, and again when a mutant has ended it.</summary>
internal sealed class WorkerProcess(string testFolder, IReadOnlyList<string> prefixes) : IDisposable
{
    // How much longer than without a mutant a test may take.
    private const int LimitFactor = 8, MostMillisecondsMore = 3000;

    private static readonly TimeSpan CoverLimit = TimeSpan.FromMinutes(60), MutantLimit = TimeSpan.FromMinutes(10);

    // A mutant may ask for memory without end; the number is hexadecimal.
    private const string MostMemory = "100000000";

    private Process? process;

    /// <summary>Runs every test without a mutant.</summary>
    /// <exception cref="InvalidDataException">The worker ended before the last test.</exception>
    public IReadOnlyList<CoveredTest> Cover()
    {
        var tests = new List<CoveredTest>();
        Send("cover");
        while (true)
        {
            string? line = Read(CoverLimit);
            if (line == "end")
            {
                return tests;
            }

            if (line?.Split('\t') is not [var number, var milliseconds, var failure, var hits, var name])
            {
                throw new InvalidDataException($"the tests ended after {(tests.Count > 0 ? tests[^1].Name : "none")}");
            }

            tests.Add(new CoveredTest(
                Number(number),
                name,
                Number(milliseconds),
                failure,
                [.. hits.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Number)]));
        }
    }

    /// <summary>
    /// Runs tests with a mutant until one fails, and starts a new process after one that did not end.
    /// </summary>
    public MutantOutcome Try(int mutant, IEnumerable<CoveredTest> tests)
    {
        Send(string.Create(
            CultureInfo.InvariantCulture,
            $"try {mutant} {string.Join(',', tests.Select(t => $"{t.Number}:{LimitOf(t)}"))}"));
        var clock = Stopwatch.StartNew();
        MutantOutcome outcome = Enum.TryParse(Read(MutantLimit), out MutantOutcome answer) ? answer
            : clock.Elapsed >= MutantLimit ? MutantOutcome.TimedOut
            : MutantOutcome.Crashed;
        if (outcome is MutantOutcome.TimedOut or MutantOutcome.Crashed)
        {
            Dispose();
        }

        return outcome;
    }

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        if (process is { HasExited: false })
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        process?.Dispose();
        process = null;
    }

    private static int LimitOf(CoveredTest test) => MostMillisecondsMore + (LimitFactor * test.Milliseconds);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private void Send(string command)
    {
        if (process is null or { HasExited: true })
        {
            Dispose();
            var start = new ProcessStartInfo(
                "dotnet",
                [
                    "exec", "--runtimeconfig", "Cnn.Tests.runtimeconfig.json", "--depsfile", "Cnn.Tests.deps.json",
                    "Cnn.Campaigns.dll", "mutation-worker", .. prefixes,
                ])
            {
                WorkingDirectory = testFolder,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment["DOTNET_GCHeapHardLimit"] = MostMemory;
            process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
        }

        process.StandardInput.WriteLine(command);
        process.StandardInput.Flush();
    }

    // Returns null where the worker has ended or the limit is over.
    private string? Read(TimeSpan limit)
    {
        Task<string?> line = process!.StandardOutput.ReadLineAsync();
        return line.Wait(limit) ? line.Result : null;
    }
}
