using System.CommandLine;
using Cnn.Engine.Runs;
using Cnn.Proto;
using Cnn.Proto.Formats.Records;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.DataSets;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;
using Serilog;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn compute_image_mean</c>: Caffe's tool that computes the mean image of a database.</summary>
internal static class ComputeImageMeanCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string> database = OptionValues.OfPath(new Argument<string>("db")
        {
            Description = "The database, LMDB or LevelDB.",
        });
        Argument<string?> output = OptionValues.OfPath(new Argument<string?>("out")
        {
            Description = "The mean file to write, such as mean.binaryproto; none to see the means alone.",
            Arity = ArgumentArity.ZeroOrOne,
        });
        Option<string?> backend = OptionValues.OneOf(
            new Option<string?>("--backend")
            {
                Description = "The kind of database: lmdb or leveldb; its files tell if not given.",
            },
            StringComparison.Ordinal,
            "lmdb",
            "leveldb");
        Option<int?> threads = OptionValues.Threads();
        var command = new CommandWithExamples(
            "compute_image_mean",
            "Computes the mean image of a database and the mean of each channel, as Caffe's tool does.",
            "cnn compute_image_mean train_lmdb mean.binaryproto")
        {
            database, output, backend, threads,
        };
        command.SetAction((parsed, cancel) =>
        {
            string? to = parsed.GetValue(output);
            if (to is not null)
            {
                ImageMean.RequireFolder(to);
            }

            using var cancelling = new CancelOnInterrupt(cancel);
            using var progress = new DataProgress(console);
            BlobProto mean = ImageMean.Compute(
                parsed.GetRequiredValue(database),
                FormatOf(parsed.GetValue(backend)),
                parsed.GetValue(threads) ?? 0,
                progress,
                cancelling.Token);
            progress.End();
            if (to is not null)
            {
                ImageMean.Save(mean, to);
            }

            using var log = RunLog.Create(console.LogSink, null, "compute_image_mean");
            Log(log, ImageMean.OfChannels(mean));
            if (to is not null)
            {
                DataFormatOption.LogWritten(console, [to]);
            }

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static RecordFormat? FormatOf(string? backend) => backend switch
    {
        null => null,
        "lmdb" => RecordFormat.Lmdb,
        _ => RecordFormat.LevelDb,
    };

    private static void Log(ILogger log, double[] means)
    {
        log.Information("{Line:l}", $"Number of channels: {means.Length}");
        for (int c = 0; c < means.Length; c++)
        {
            log.Information("{Line:l}", $"mean_value channel [{c}]: {CaffeNumber.Format((float)means[c])}");
        }
    }
}
