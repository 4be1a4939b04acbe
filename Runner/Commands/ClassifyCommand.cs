using System.CommandLine;
using Cnn.Engine.Classification;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;
using Serilog.Events;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn classify</c>: says what a net sees in images, with the preprocessing of pycaffe.</summary>
internal static class ClassifyCommand
{
    private const int UsualTop = 5, LargestBatch = 1 << 16;

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
        Option<string?> labels = OptionValues.OfPath(new Option<string?>("--labels", "--labels_file")
        {
            Description = "The names of the classes, one in each line, such as synset_words.txt.", HelpName = "file",
        });
        Option<int?> top = OptionValues.AtLeast(
            new Option<int?>("--top") { Description = "Classes to show; 5 if not given.", HelpName = "n" }, 1);
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        Option<string?> output = OptionValues.OfPath(new Option<string?>("--output")
        {
            Description = "Write the output for all images, N x classes, to a .npy or .h5 file; NaN for a faulty one.",
            HelpName = "file",
        });
        var preprocessing = new ClassifierChoice();
        Option<int?> batch = OptionValues.Between(
            new Option<int?>("--batch")
            {
                Description = "Crops in a pass; as many as the net's input says if not given.", HelpName = "n",
            },
            1,
            LargestBatch);
        Option<string?> gpu = OptionValues.Gpu();
        Option<int?> threads = OptionValues.Threads();
        var command = new CommandWithExamples(
            "classify",
            "Says what a net sees in images, which are made its input as pycaffe's classify.py does it.",
            "cnn classify cat.jpg --model deploy.prototxt --weights w.caffemodel --mean 104,117,123 "
            + "--labels synset_words.txt",
            "cnn classify photos --model deploy.prototxt --weights w.caffemodel --mean mean.binaryproto --oversample "
            + "--json")
        {
            images, choice.Model, weights, strict, labels, top, json, output, batch, choice.Plugin, threads,
            choice.Level, choice.Stage, gpu,
        };
        preprocessing.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            ClassifierOptions options = preprocessing.Read(parsed) with { Batch = parsed.GetValue(batch) };
            ClassLabels? names = parsed.GetValue(labels) is { } file ? ClassLabels.Read(file) : null;
            IReadOnlyList<ImageInput> inputs = ImageArguments.Find(
                parsed.GetRequiredValue(images), console.OpenInput);
            using var cancelling = new CancelOnInterrupt(cancel);
            using var pool = new WorkerPool(parsed.GetValue(threads) ?? 0);
            using var log = RunLog.Create(console.LogSink, null, "classify", LogEventLevel.Warning);
            OptionValues.WarnOfGpu(log, parsed.GetValue(gpu) is not null);
            ImageClassifier.RequireInput(NetDefinition.Load(parsed.GetRequiredValue(choice.Model)));
            string files = parsed.GetRequiredValue(weights);
            using Net net = choice.Build(parsed, pool, log, built => built with
            {
                Weights = File.Exists(files) ? [files] : OptionValues.SplitAtCommas(files),
                WeightsAreStrict = parsed.GetValue(strict),
                Inference = true,
            });
            var classifier = new ImageClassifier(net, options);
            preprocessing.RequireGrey(parsed, classifier);
            names?.Require(classifier.ClassCount, classifier.OutputName);
            var run = new ClassifyRun(classifier, console)
            {
                Labels = names,
                Top = parsed.GetValue(top) ?? UsualTop,
                IsJson = parsed.GetValue(json),
                Output = parsed.GetValue(output),
            };
            return Task.FromResult(run.Run(inputs, cancelling.Token) == 0 ? ExitCode.Done : ExitCode.BadInput);
        });
        return command;
    }
}
