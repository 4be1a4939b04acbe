using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Cnn.Campaigns.Running;

namespace Cnn.Campaigns.LongRuns;

/// <summary>
/// One long <c>cnn train</c> with tests, snapshots, a folder of the run and a page that a client looks at, watched
/// from outside.
/// </summary>
internal static partial class TrainingPart
{
    private const double ShortSeconds = 8, UsualSeconds = 60, MostBetween = 10;
    private const int Samples = 40;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private static string Net => $$"""
        name: "long"
        {{SmallNets.DigitsOf("TRAIN", 1)}}
        {{SmallNets.DigitsOf("TEST", 2)}}
        {{SmallNets.LeNetOnDigits}}
        layer { name: "accuracy" type: "Accuracy" bottom: "ten" bottom: "label" top: "accuracy"
          include { phase: TEST } }
        """;

    /// <summary>Trains for some seconds in the first case, and for all the time that is left in the others.</summary>
    public static void Case(CampaignCase one, PartRun run)
    {
        double seconds = one.Number == 0
            ? ShortSeconds
            : Math.Max(ShortSeconds, run.TimeLeft?.TotalSeconds ?? UsualSeconds);
        using var folder = new TemporaryFolder();
        folder.Write("net.prototxt", Net);
        folder.Write("solver.prototxt", Solver(one));
        using var training = LoggedProcess.Start(
            folder.Path, ["train", "--solver", "solver.prototxt", "--threads", "2", "--run", "run", "--serve"]);
        List<ProcessSample> samples = Watch(training, seconds, one);
        training.Interrupt();
        int code = training.Finish(Patience);
        if (code != 130)
        {
            one.Find($"interrupted after {samples.Count} samples, the program ended with {code}: {training.Log}");
        }

        string[] snapshots = Directory.GetFiles(folder.Path, "snap_iter_*.solverstate");
        if (snapshots.Length is 0 or > 4)
        {
            one.Find($"snapshot_keep: 3 left {snapshots.Length} snapshots");
        }

        one.Count("iterations", samples.Count > 0 ? samples[^1].Iteration : 0);
        LongCampaign.Judge(one, run, "cnn train with tests, snapshots, a run folder and a page", samples);
    }

    // Tests, snapshots and figures are as often as a short case needs to see several of each.
    private static string Solver(CampaignCase one) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        net: "net.prototxt" test_iter: 2 test_interval: 100 base_lr: 0.01 momentum: 0.9 lr_policy: "inv"
        gamma: 0.0001 power: 0.75
        display: 100 max_iter: 2000000000 random_seed: {1 + one.Random.Next(1000)}
        snapshot: 250 snapshot_keep: 3 snapshot_prefix: "snap" run_histograms: 100
        """);

    private static List<ProcessSample> Watch(LoggedProcess training, double seconds, CampaignCase one)
    {
        string address = training.WaitFor(AddressPattern(), Patience).Groups["address"].Value;
        training.WaitFor(IterationPattern(), Patience);
        using var client = new HttpClient { Timeout = Patience };
        var samples = new List<ProcessSample>();
        TimeSpan between = TimeSpan.FromSeconds(Math.Min(MostBetween, seconds / Samples));
        var clock = Stopwatch.StartNew();
        for (TimeSpan due = between; clock.Elapsed.TotalSeconds < seconds && !training.HasExited; due += between)
        {
            if (due > clock.Elapsed)
            {
                Thread.Sleep(due - clock.Elapsed);
            }

            // A look at the page and at its data, as a browser has it.
            one.Count("bytes of pages", client.GetByteArrayAsync(new Uri(address)).GetAwaiter().GetResult().LongLength);
            string data = client.GetStringAsync(new Uri(address.Replace("/?", "/data?", StringComparison.Ordinal)))
                .GetAwaiter().GetResult();
            one.Count("bytes of pages", data.Length);
            samples.Add(ProcessSample.Read(training.Id, clock.Elapsed.TotalSeconds, training.LastIteration()));
        }

        if (training.HasExited)
        {
            one.Find($"the training ended by itself: {training.Log}");
        }

        return samples;
    }

    [GeneratedRegex(@"Watch the run at (?<address>\S+)")]
    private static partial Regex AddressPattern();

    [GeneratedRegex(@"\] Iteration \d+, lr")]
    private static partial Regex IterationPattern();
}
