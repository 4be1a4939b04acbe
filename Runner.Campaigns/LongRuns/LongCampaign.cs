using System.Globalization;
using Cnn.Campaigns.Running;
using Cnn.Proto;

namespace Cnn.Campaigns.LongRuns;

/// <summary>
/// Long runs and many of them. The first case of each part is a short one, so that a broken measure shows at once and
/// a test can run it; the others take the time that there is.
/// </summary>
internal sealed class LongCampaign : ICampaign
{
    /// <inheritdoc/>
    public string Name => "long";

    /// <inheritdoc/>
    public string Promise =>
        "Memory, handles and threads of a run stay flat for as long as it trains, and nets side by side learn "
        + "what each learns alone.";

    /// <inheritdoc/>
    public IReadOnlyList<string> Parts { get; } = ["training", "million", "solvers", "pools"];

    /// <inheritdoc/>
    public void Run(PartRun run)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new CnnException("what a process holds is read from /proc, which only Linux has");
        }

        switch (run.Part)
        {
            case "training":
                run.Cases(c => TrainingPart.Case(c, run));
                break;
            case "million":
                run.Cases(c => MillionPart.Case(c, run));
                break;
            case "solvers":
                run.Cases(SolversPart.Case);
                break;
            default:
                run.Cases(PoolsPart.Case);
                break;
        }
    }

    /// <summary>Judges the samples of a case, keeps them where the campaign keeps files, and counts them.</summary>
    internal static void Judge(CampaignCase one, PartRun run, string title, IReadOnlyList<ProcessSample> samples)
    {
        if (run.Folder is { } folder && samples.Count > 1)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"case-{one.Number}");
            SampleFiles.Write(Path.Combine(folder, name), title, samples);
        }

        one.Count("samples", samples.Count);
        foreach (string broken in FlatRule.Broken(samples, isShort: one.Number == 0))
        {
            one.Find(broken);
        }
    }
}
