using System.Globalization;
using Cnn.Campaigns.Fuzz.Checks;
using Cnn.Campaigns.Fuzz.Coverage;
using Cnn.Campaigns.Fuzz.Readers;
using Cnn.Campaigns.Fuzz.Working;
using Cnn.Campaigns.Running;

namespace Cnn.Campaigns.Fuzz;

/// <summary>
/// Reads damaged files, guided by what they run through. A case is a round of some executions; its inputs are a
/// function of the seed, its number and the corpus. What breaks the promise is saved as a file, and that file is read
/// when the case is repeated. Its minutes are those of the processor.
/// </summary>
internal sealed class FuzzCampaign : ICampaign
{
    private const int Executions = 500;

    /// <inheritdoc/>
    public string Name => "fuzz";

    /// <inheritdoc/>
    public string Promise =>
        "A file is read or refused with an error for people, in 4 times its size and 64 MB and in a second a MB.";

    /// <inheritdoc/>
    public IReadOnlyList<string> Parts { get; } = [.. FuzzReaders.All.Select(reader => reader.Name)];

    /// <inheritdoc/>
    public void Run(PartRun run)
    {
        using var none = new TemporaryFolder();
        string folder = run.Folder ?? none.Path;
        if (run.RepeatsOne)
        {
            run.Cases(one => Repeat(one, FuzzReaders.Find(run.Part), folder));
            return;
        }

        string program = InstrumentedCopy.Make(run.Folder is null ? none.Path : Path.GetDirectoryName(folder)!);
        ForgetMended(FuzzReaders.Find(run.Part), folder);
        using var worker = new WorkerProcess(program, run.Part, folder, run.Seed);
        worker.Start(fault => run.Find(0, fault));
        var processor = TimeSpan.Zero;
        run.Clock = () => processor;
        run.Cases(one => processor += Round(one, run, worker));
    }

    // Returns the time of the processor that the round took; a round that the worker died of counts as a second.
    private static TimeSpan Round(CampaignCase one, PartRun run, WorkerProcess worker)
    {
        string number = one.Number.ToString(CultureInfo.InvariantCulture);
        if (worker.Ask($"{FuzzWorker.Round}\t{number}\t{Executions}", number, one.Find) is not [var read, var refused,
            var edges, var inputs, var milliseconds])
        {
            return TimeSpan.FromSeconds(1);
        }

        one.Count("read", read);
        one.Count("refused", refused);
        run.Note("edges", edges);
        run.Note("corpus files", inputs);
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    // What is kept is not reported again, so what no longer breaks the promise must not be kept.
    private static void ForgetMended(FuzzReader reader, string folder)
    {
        foreach (string file in SavedInputs.All(folder))
        {
            if (InputProcess.Run(reader, File.ReadAllBytes(file)).Fault is null)
            {
                File.Delete(file);
            }
        }
    }

    private static void Repeat(CampaignCase one, FuzzReader reader, string folder)
    {
        IReadOnlyList<string> files = SavedInputs.Of(folder, one.Number.ToString(CultureInfo.InvariantCulture));
        if (files.Count == 0)
        {
            one.Find($"no input of this round is in {folder}");
        }

        foreach (string file in files)
        {
            if (InputProcess.Run(reader, File.ReadAllBytes(file)).Fault is { } fault)
            {
                one.Find($"{fault} (input: {file})");
            }
        }
    }
}
