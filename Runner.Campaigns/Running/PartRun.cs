using System.Diagnostics;
using System.Text;

namespace Cnn.Campaigns.Running;

/// <summary>One part of a campaign while it runs: hands out its cases until they or the time are over.</summary>
internal sealed class PartRun
{
    private readonly CampaignOptions options;
    private readonly PartState state;
    private readonly TimeSpan? time;
    private readonly TextWriter output;
    private readonly Action save;
    private readonly double secondsBefore;
    private double savedAt;

    /// <param name="campaign">The campaign's name.</param>
    /// <param name="part">The part's name.</param>
    /// <param name="options">How long it runs.</param>
    /// <param name="state">Where it goes on from; changed as it runs.</param>
    /// <param name="time">The time for this part; null for no limit.</param>
    /// <param name="output">Receives one line a finding.</param>
    /// <param name="save">Keeps the state.</param>
    public PartRun(
        string campaign,
        string part,
        CampaignOptions options,
        PartState state,
        TimeSpan? time,
        TextWriter output,
        Action save)
    {
        (Campaign, Part, this.options, this.state, this.time) = (campaign, part, options, state, time);
        (this.output, this.save) = (output, save);
        secondsBefore = state.Seconds;
        var watch = Stopwatch.StartNew();
        Clock = () => watch.Elapsed;
    }

    /// <summary>The campaign's name.</summary>
    public string Campaign { get; }

    /// <summary>The part's name.</summary>
    public string Part { get; }

    /// <summary>The seed of every case.</summary>
    public ulong Seed => options.Seed;

    /// <summary>A folder for what a part keeps between runs, such as a corpus; null where nothing is kept.</summary>
    public string? Folder => options.Folder is { } folder
        ? Directory.CreateDirectory(Path.Combine(folder, $"{Campaign}-{Seed}", Part)).FullName
        : null;

    /// <summary>Whether one case is run again, from what an earlier run kept, and nothing is searched.</summary>
    public bool RepeatsOne => options.OnlyCase is not null;

    /// <summary>How long the part has run; the time that has passed, if nothing else is set.</summary>
    public Func<TimeSpan> Clock { get; set; }

    /// <summary>The time that is left; null for no limit.</summary>
    public TimeSpan? TimeLeft => time - Clock();

    /// <summary>The findings of this run alone.</summary>
    public int Found { get; private set; }

    /// <summary>
    /// Runs cases from the next one on until <paramref name="count"/> have run in all runs together, or the time or
    /// this run's number of cases is over. An exception that leaves a case is a finding.
    /// </summary>
    public void Cases(Action<CampaignCase> run, long? count = null)
    {
        if (options.OnlyCase is { } only)
        {
            RunOne(run, only);
            return;
        }

        for (long done = 0; !IsOver(done) && (count is null || state.Next < count); done++)
        {
            RunOne(run, state.Next);
            state.Next++;
            Keep(always: false);
        }

        Keep(always: true);
    }

    /// <summary>Counts something that the report tells.</summary>
    public void Count(string what, long more = 1) => state.Counts[what] = state.Counts.GetValueOrDefault(what) + more;

    /// <summary>Notes something that the report tells and that is no sum, such as the size of a corpus.</summary>
    public void Note(string what, long value) => state.Counts[what] = value;

    /// <summary>Reports a finding of a case, with the command that repeats it.</summary>
    public void Find(long number, string message)
    {
        string line = message.ReplaceLineEndings(" | ");
        Found++;
        state.Findings.Add(new Finding(number, line));
        output.WriteLine(
            $"FOUND {Campaign}/{Part} case {number}: {line} [repeat: "
            + $"dotnet run -c Release --project Runner.Campaigns -- {Campaign} --only {Part} --seed {Seed} "
            + $"--case {number}]");
    }

    /// <summary>Returns 64 bits of a text that are the same in every process (FNV-1a).</summary>
    internal static ulong Hash(string text) => Encoding.UTF8.GetBytes(text)
        .Aggregate(14695981039346656037UL, (hash, b) => unchecked((hash ^ b) * 1099511628211UL));

    private bool IsOver(long done) => done >= options.Cases || TimeLeft <= TimeSpan.Zero;

    private void RunOne(Action<CampaignCase> run, long number)
    {
        try
        {
            run(new CampaignCase(this, number));
        }
#pragma warning disable CA1031 // whatever leaves a case is what the campaign looks for
        catch (Exception error)
#pragma warning restore CA1031
        {
            Find(number, $"{error.GetType().Name}: {error.Message} {error.StackTrace}");
        }
    }

    private void Keep(bool always)
    {
        double seconds = Clock().TotalSeconds;
        if (always || seconds > savedAt + 5)
        {
            savedAt = seconds;
            state.Seconds = secondsBefore + seconds;
            save();
        }
    }
}
