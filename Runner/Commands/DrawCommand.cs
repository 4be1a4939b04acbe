using System.CommandLine;
using System.Text;
using Cnn.Engine.Drawing;
using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn draw</c>: draws a net.</summary>
internal static class DrawCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var madeUp = new MadeUpChoice();
        var choice = new NetChoice("TEST");
        Option<string[]> output = OptionValues.OfPath(new Option<string[]>("--output", "-o")
        {
            Description = "The picture to write: .svg, .png, .dot (Graphviz) or .mmd (Mermaid). May be given several "
                + "times.",
            Required = true,
            HelpName = "file",
        });
        var dark = new Option<bool>("--dark")
        {
            Description = "Draw a .png on a dark ground; an .svg is light or dark as its viewer is.",
        };
        var title = new Option<string?>("--title")
        {
            Description = "The title of the picture; the net's name if not given.", HelpName = "text",
        };
        var folds = new Option<bool>("--fold")
        {
            Description = "Draw modules that the net repeats, such as residual blocks, as one box each; it is done "
                + $"anyway where there would be more than {DrawingOptions.MostBoxes} boxes.",
        };
        var unfolds = new Option<bool>("--unfold") { Description = "Draw every layer, however many there are." };
        var command = new CommandWithExamples(
            "draw",
            "Draws a net: layers coloured by kind, with their options, parameters and the shapes of their tops.",
            "cnn draw Models/lenet/lenet.prototxt -o lenet.svg",
            "cnn draw train_val.prototxt --phase TRAIN --unfold -o net.png -o net.mmd")
        {
            choice.Model, output, choice.Phase, folds, unfolds, dark, title, choice.Plugin, choice.Level, choice.Stage,
            madeUp.Shape, madeUp.Batch,
        };
        choice.TakeArgument(command);
        command.SetAction(parsed =>
        {
            string[] paths = parsed.GetRequiredValue(output);
            if (paths.FirstOrDefault(p => KindOf(p) is not (".svg" or ".png" or ".dot" or ".mmd")) is { } wrong)
            {
                throw new CnnException(
                    $"--output {wrong}: unknown picture format", "its name should end in .svg, .png, .dot or .mmd");
            }

            if (parsed.GetValue(folds) && parsed.GetValue(unfolds))
            {
                throw new CnnException("--fold and --unfold contradict each other", "give one of them");
            }

            using var pool = new WorkerPool(1);
            using var log = RunLog.Create(console.LogSink, null, "draw");
            using Net net = choice.Build(parsed, pool, log, options => options with
            {
                BuildsQuietly = true,
                LeavesParametersZero = true,
                MadeUp = madeUp.Read(parsed),
            });
            var drawing = NetDrawing.Of(net, new DrawingOptions
            {
                Fold = parsed.GetValue(folds) ? true : parsed.GetValue(unfolds) ? false : null,
                Title = parsed.GetValue(title),
            });
            foreach (string path in paths)
            {
                byte[] bytes = KindOf(path) == ".png"
                    ? PicturePixels.Png(drawing.Picture, parsed.GetValue(dark))
                    : Encoding.UTF8.GetBytes(TextOf(drawing, path));
                AtomicFile.Write(path, stream => stream.Write(bytes));
                console.Out.WriteLine($"wrote {path}");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static string KindOf(string path) => Path.GetExtension(path).ToLowerInvariant();

    private static string TextOf(NetDrawing drawing, string path) => KindOf(path) switch
    {
        ".dot" => drawing.ToDot(),
        ".mmd" => drawing.ToMermaid(),
        _ => drawing.ToSvg(),
    };
}
