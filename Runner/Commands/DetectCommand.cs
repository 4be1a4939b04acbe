using System.CommandLine;
using Cnn.Engine.Classification;
using Cnn.Engine.Detection;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;
using Serilog.Events;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn detect</c>: finds objects in images, and draws boxes around them.</summary>
internal static class DetectCommand
{
    private const double UsualThreshold = 0.5;

    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string[]> images = OptionValues.OfPath(new Argument<string[]>("image")
        {
            Description = "Image files, folders of images, patterns such as 'photos/*.jpg', or - for standard input.",
            Arity = ArgumentArity.OneOrMore,
        });
        var choice = new NetChoice("TEST");
        Option<string> weights = OptionValues.RequiredFile("--weights", "The weights; commas separate several files.");
        Option<bool> strict = OptionValues.WeightsStrict();
        Option<string?> labels = OptionValues.OfPath(new Option<string?>("--labels")
        {
            Description = "The names of the classes, one in each line, the background first.", HelpName = "file",
        });
        var mean = new Option<string?>("--mean")
        {
            Description = "The mean to subtract: a .binaryproto, a .npy, or values such as 127.5 or 104,117,123.",
            HelpName = "file|values",
        };
        var scale = new Option<double?>("--scale")
        {
            Description = "Factor after the mean; 1 if not given, 0.007843 for MobileNet-SSD.", HelpName = "x",
        };
        var threshold = new Option<double?>("--threshold")
        {
            Description = "The least score of an object; 0.5 if not given.", HelpName = "x",
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        Option<string?> output = OptionValues.OfPath(new Option<string?>("--output", "-o")
        {
            Description = "Write the image with boxes to a .png or .jpg file; to a folder for several images.",
            HelpName = "file",
        });
        Option<string?> gpu = OptionValues.Gpu();
        Option<int?> threads = OptionValues.Threads();
        var command = new CommandWithExamples(
            "detect",
            "Finds objects in images with a net that ends in DetectionOutput or the like.",
            "cnn detect street.jpg --model deploy.prototxt --weights w.caffemodel --mean 127.5 --scale 0.007843 "
            + "--labels voc.txt -o boxes.png")
        {
            images, choice.Model, weights, strict, labels, mean, scale, threshold, json, output, choice.Plugin,
            threads, choice.Level, choice.Stage, gpu,
        };
        command.SetAction((parsed, cancel) =>
        {
            ClassLabels? names = parsed.GetValue(labels) is { } file ? ClassLabels.Read(file) : null;
            IReadOnlyList<ImageInput> inputs = ImageArguments.Find(
                parsed.GetRequiredValue(images), console.OpenInput);
            string? to = parsed.GetValue(output);
            if (to is not null && inputs.Count > 1 && !Directory.Exists(to))
            {
                throw new CnnException($"'{to}' is no folder, and there are {inputs.Count} images", "make the folder");
            }

            using var cancelling = new CancelOnInterrupt(cancel);
            using var pool = new WorkerPool(parsed.GetValue(threads) ?? 0);
            using var log = RunLog.Create(console.LogSink, null, "detect", LogEventLevel.Warning);
            OptionValues.WarnOfGpu(log, parsed.GetValue(gpu) is not null);
            string files = parsed.GetRequiredValue(weights);
            using Net net = choice.Build(parsed, pool, log, built => built with
            {
                Weights = File.Exists(files) ? [files] : OptionValues.SplitAtCommas(files),
                WeightsAreStrict = parsed.GetValue(strict),
                Inference = true,
            });
            using var detector = new ImageDetector(net, new DetectorOptions
            {
                Mean = parsed.GetValue(mean) is { Length: > 0 } given ? InputMean.Parse(given) : null,
                Scale = (float)(parsed.GetValue(scale) ?? 1),
                Threshold = (float)(parsed.GetValue(threshold) ?? UsualThreshold),
            });
            var run = new DetectRun(detector, console) { Labels = names, IsJson = parsed.GetValue(json), Output = to };
            return Task.FromResult(run.Run(inputs, cancelling.Token) == 0 ? ExitCode.Done : ExitCode.BadInput);
        });
        return command;
    }
}
