using System.Diagnostics;
using System.Globalization;
using Cnn.Campaigns.Fuzz.Checks;

namespace Cnn.Campaigns.Fuzz.Working;

/// <summary>A worker and the lines to it and from it; it is started anew after its death.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly string[] command;
    private readonly string folder;
    private Process? process;
    private Task<string>? error;

    /// <param name="program">The folder of the instrumented program.</param>
    /// <param name="reader">The reader's name.</param>
    /// <param name="folder">The folder of the reader's corpus.</param>
    /// <param name="seed">The campaign's seed.</param>
    public WorkerProcess(string program, string reader, string folder, ulong seed)
    {
        this.folder = folder;
        command = [ThisProgram.In(program), FuzzWorker.Command, reader, folder,
            seed.ToString(CultureInfo.InvariantCulture)];
    }

    /// <summary>
    /// Sends a line and returns the numbers of the answer; null where it died of an input, which was saved.
    /// </summary>
    /// <param name="line">The line.</param>
    /// <param name="round">The round, by which an input is saved.</param>
    /// <param name="found">Receives each input that breaks the promise.</param>
    public long[]? Ask(string line, string round, Action<string> found)
    {
        if (process is null)
        {
            Start(found);
        }

        process!.StandardInput.WriteLine(line);
        process.StandardInput.Flush();
        return Answer(round, found);
    }

    /// <summary>Starts the worker, which reads the corpus.</summary>
    /// <exception cref="InvalidDataException">It dies of that.</exception>
    public void Start(Action<string> found)
    {
        var start = new ProcessStartInfo("dotnet", command)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The collector's own threads would take the other processors.
        start.Environment["DOTNET_gcConcurrent"] = "0";
        process = Process.Start(start)!;
        error = process.StandardError.ReadToEndAsync();
        string? death = null;
        if (Answer("start", message => found(death = message)) is null)
        {
            throw new InvalidDataException($"the corpus in {folder} cannot be read: {death}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Stop();

    private long[]? Answer(string round, Action<string> found)
    {
        while (process!.StandardOutput.ReadLine()?.Split('\t') is { } words)
        {
            switch (words[0])
            {
                case FuzzWorker.Found:
                    found($"{words[1]} (input: {words[2]})");
                    break;
                case FuzzWorker.Ready or FuzzWorker.Done:
                    return Array.ConvertAll(words[1..], word => long.Parse(word, CultureInfo.InvariantCulture));
                default:
                    break;
            }
        }

        process.WaitForExit();
        InputOutcome outcome = DeadWorker.OutcomeOf(process.ExitCode, error!.Result);
        byte[] input = CurrentInput.Left(Path.Combine(folder, FuzzWorker.CurrentName));
        if (SavedInputs.Save(folder, round, input, outcome) is { } file)
        {
            found($"{outcome.Fault} (input: {file})");
        }

        Stop();
        return null;
    }

    private void Stop()
    {
        if (process is null)
        {
            return;
        }

        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
        process = null;
    }
}
