using System.CommandLine;
using System.Globalization;
using Cnn.Engine.Checks;
using Cnn.Engine.Classification;
using Cnn.Engine.Export;
using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.DataSets;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;
using Serilog.Events;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn export</c>: writes a net for other programs.</summary>
internal static class ExportCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var madeUp = new MadeUpChoice();
        var choice = new NetChoice("TEST");
        Option<string[]> weights = OptionValues.OfPath(new Option<string[]>("--weights")
        {
            Description = "The weights; commas separate several files. As filled, if not given.", HelpName = "files",
        });
        Option<bool> strict = OptionValues.WeightsStrict();
        Option<string> to = OptionValues.RequiredFile(
            "--to", "The file to write: .onnx; .safetensors or .npz for the weights alone.");
        var opset = new Option<int>("--opset")
        {
            Description = $"The version of ONNX's operators, {OnnxOptions.LeastOpset} to {OnnxOptions.GreatestOpset}.",
            DefaultValueFactory = _ => new OnnxOptions().Opset,
            HelpName = "n",
        };
        var folds = new Option<bool>("--fold")
        {
            Description = "Fold the BatchNorm and Scale layers after a convolution into its weights.",
        };
        var custom = new Option<bool>("--custom-domain")
        {
            Description = "Write layers that ONNX cannot express as operators of the domain cnn, instead of refusing.",
        };
        var mean = new Option<string?>("--mean")
        {
            Description = "Subtract a mean in the graph: a .binaryproto, a .npy, or values such as 104,117,123.",
            HelpName = "file|values",
        };
        var scale = new Option<double?>("--scale")
        {
            Description = "Multiply by a factor in the graph, after the mean.", HelpName = "x",
        };
        var swaps = new Option<bool>("--swap-channels")
        {
            Description = "Turn the order of the channels round in the graph, so that it takes RGB for BGR.",
        };
        var external = new Option<bool>("--external-data")
        {
            Description = "Write the weights to a file beside the model's, as is done beyond 2 GB.",
        };
        var check = new Option<bool>("--check")
        {
            Description = "Fail where ONNX Runtime cannot check the file; it is checked anyway where it can be.",
        };
        var noCheck = new Option<bool>("--no-check") { Description = "Do not check the file." };
        Option<int?> threads = OptionValues.Threads();
        var command = new CommandWithExamples(
            "export",
            "Writes a net as an ONNX file, and checks that it computes the same; or its weights by name.",
            "cnn export --model deploy.prototxt --weights w.caffemodel --to net.onnx",
            "cnn export --model deploy.prototxt --weights w.caffemodel --to rgb.onnx --mean 104,117,123 "
            + "--swap-channels",
            "cnn export --model deploy.prototxt --weights w.caffemodel --to weights.safetensors")
        {
            choice.Model, weights, strict, to, opset, folds, custom, mean, scale, swaps, external, check, noCheck,
            choice.Plugin, threads, choice.Level, choice.Stage, madeUp.Shape, madeUp.Batch,
        };
        choice.TakeArgument(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(check) && parsed.GetValue(noCheck))
            {
                throw new CnnException("--check and --no-check contradict each other", "give one of them");
            }

            using var pool = new WorkerPool(parsed.GetValue(threads) ?? 0);
            using var log = RunLog.Create(console.LogSink, null, "export", LogEventLevel.Warning);
            using Net net = choice.Build(parsed, pool, log, options => options with
            {
                BuildsQuietly = true,
                MadeUp = madeUp.Read(parsed),
                Weights = OptionValues.SplitAtCommas(parsed.GetValue(weights)),
                WeightsAreStrict = parsed.GetValue(strict),
            });
            string path = parsed.GetRequiredValue(to);
            if (NetExport.IsOfWeights(path))
            {
                ExportedWeights written = net.ExportWeights(path);
                console.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"exported {written.Names.Count} arrays, {written.Values:N0} values, to {path}"));
                return ExitCode.Done;
            }

            if (Path.GetExtension(path) is not ".onnx")
            {
                throw new CnnException(
                    $"'{path}': the extension does not say what to write", "use .onnx, .safetensors or .npz");
            }

            bool prepares = parsed.GetValue(mean) is { Length: > 0 } || parsed.GetValue(scale) is not null
                || parsed.GetValue(swaps);
            using var progress = new DataProgress(console);
            OnnxReport report = net.ExportOnnx(path, new OnnxOptions
            {
                CheckProgress = progress.Of<CheckProgress>(p => new WriteProgress("check", p.Done, p.Total)),
                Opset = parsed.GetValue(opset),
                FixesBatch = parsed.GetResult(madeUp.Batch) is not null,
                Folds = parsed.GetValue(folds),
                UsesCustomDomain = parsed.GetValue(custom),
                UsesExternalData = parsed.GetValue(external),
                Check = parsed.GetValue(noCheck) ? OnnxCheckChoice.Never
                    : parsed.GetValue(check) ? OnnxCheckChoice.Always : OnnxCheckChoice.WherePossible,
                Preprocessing = !prepares ? null : new OnnxPreprocessing
                {
                    Mean = parsed.GetValue(mean) is { Length: > 0 } given ? InputMean.Parse(given) : null,
                    Scale = (float)(parsed.GetValue(scale) ?? 1),
                    SwapsChannels = parsed.GetValue(swaps),
                },
            });
            progress.End();
            Print(console, net, path, parsed.GetValue(opset), report);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(CommandConsole console, Net net, string path, int opset, OnnxReport report)
    {
        string name = net.Name.Length > 0 ? net.Name : Path.GetFileNameWithoutExtension(path);
        long parameters = net.Layers.Sum(l => l.ParameterCount);
        console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"exported {name}: {net.Layers.Count(l => l.Type != SplitInsertion.Type)} layers, "
            + $"{parameters:N0} parameters, opset {opset}; {Checked(report)}"));
        if (report.BatchProblem is { } problem)
        {
            console.Out.WriteLine($"the batch size is fixed: {problem}");
        }
    }

    private static string Checked(OnnxReport report) => report.CheckProblem is { } problem
        ? $"not checked: {problem}"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"checked over {report.CheckedInputs} random inputs: greatest difference "
            + $"{report.GreatestDifference:0.0e-0} (relative)");
}
