using System.CommandLine;
using Cnn.Engine.Checks;
using Cnn.Layers.Threading;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.DataSets;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn check</c>: tries the layers of a net.</summary>
internal static class CheckCommand
{
    private const int MostThreads = 64;

    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var madeUp = new MadeUpChoice();
        var choice = new NetChoice("TRAIN");
        var layers = new Option<string[]>("--layer")
        {
            Description = "A layer to check; may be given several times, or several with commas. All if not given.",
            HelpName = "name",
        };
        Option<int?> threads = OptionValues.Between(
            new Option<int?>("--threads")
            {
                Description = $"The most threads to compare with one, at most {MostThreads}; 4 if not given.",
                HelpName = "n",
            },
            1,
            MostThreads);
        Option<int?> points = OptionValues.AtLeast(
            new Option<int?>("--points")
            {
                Description = "The most values of a blob whose gradient is compared; 100 if not given.",
                HelpName = "n",
            },
            1);
        var seed = new Option<long?>("--seed")
        {
            Description = "Seed of the values that are made up, and of the layers' own random numbers; 1 if not given.",
            HelpName = "n",
        };
        var command = new CommandWithExamples(
            "check",
            "Checks the layers of a net, each on its own: gradients against differences, the same bits on any number "
            + "of threads, no allocation, in-place rules, shapes of zero and one, reshaping. Ends with 2 where one "
            + "does not hold.",
            "cnn check net.prototxt --plugin MyLayer.cs --layer mine",
            "cnn check Models/lenet/lenet_train_test.prototxt --batch 2")
        {
            choice.Model, layers, choice.Phase, choice.Plugin, threads, points, seed, madeUp.Shape, madeUp.Batch,
            choice.Level, choice.Stage,
        };
        choice.TakeArgument(command);
        command.SetAction(parsed =>
        {
            using var pool = new WorkerPool();
            using var log = RunLog.Create(console.LogSink, null, "check");
            using var progress = new DataProgress(console);
            IReadOnlyList<LayerCheckReport> reports = LayerChecker.Check(
                choice.Load(parsed),
                choice.Options(parsed, pool, log) with
                {
                    BuildsQuietly = true,
                    MadeUp = madeUp.Read(parsed),
                    Seed = parsed.GetValue(seed) ?? 1,
                },
                new LayerCheckOptions
                {
                    Layers = OptionValues.SplitAtCommas(parsed.GetValue(layers)),
                    Threads = parsed.GetValue(threads) ?? 4,
                    MostPoints = parsed.GetValue(points) ?? 100,
                    Progress = progress.Of<CheckProgress>(p => new WriteProgress("check", p.Done, p.Total)),
                });
            progress.End();
            console.Out.Write(LayerCheckText.Describe(reports));
            return reports.All(r => r.Holds) ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }
}
