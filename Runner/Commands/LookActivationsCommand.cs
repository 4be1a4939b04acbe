using System.CommandLine;
using Cnn.Engine.Graph;
using Cnn.Engine.Inspection;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;
using Serilog.Events;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn look activations</c>: shows the values of blobs.</summary>
internal static class LookActivationsCommand
{
    private const int UsualMost = 64;

    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var look = new LookChoice(UsualMost);
        Option<string[]> blobs = LookChoice.Blobs($"those of at most {LookSections.MostBlobs} convolutions");
        var command = new CommandWithExamples(
            "activations",
            "Shows what a net makes of an image: the channels of its blobs.",
            "cnn look activations --model deploy.prototxt --weights w.caffemodel --image cat.jpg "
            + "--mean 104,117,123 --output cat.png",
            "cnn look activations --model train_val.prototxt --weights w.caffemodel --blob pool1,pool2 -o pools.png")
        {
            blobs,
        };
        look.AddTo(command);
        look.AddInputTo(command);
        command.SetAction(parsed =>
        {
            string path = look.PathOf(parsed);
            using var pool = new WorkerPool(parsed.GetValue(look.Threads) ?? 0);
            using var log = RunLog.Create(console.LogSink, null, "look", LogEventLevel.Warning);
            using Net net = look.Build(parsed, pool, log, runsBackward: false);
            string[] names = LookSections.Blobs(net, parsed.GetValue(blobs));
            int item = look.Fill(parsed, net, console);
            net.Forward();
            var picture = new LookPicture("Activations", look.Describe(parsed, net), look.IsDark(parsed));
            foreach (string name in names)
            {
                Blob blob = net.FindBlob(name);
                picture.Add(LookSections.Channels(net, name, ActivationSheet.Of(blob, item, look.Most(parsed))));
            }

            picture.Save(path);
            console.Out.WriteLine($"wrote {path}");
            return ExitCode.Done;
        });
        return command;
    }
}
