using System.CommandLine;
using Cnn.Engine.Inspection;
using Cnn.Layers;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;

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
        command.SetAction(parsed => look.Draw(parsed, console, runsBackward: false, net =>
        {
            string[] names = LookSections.Blobs(net, parsed.GetValue(blobs));
            int item = look.Fill(parsed, net, console);
            net.Forward();
            var picture = new LookPicture("Activations", look.Describe(parsed, net), look.IsDark(parsed));
            foreach (string name in names)
            {
                Blob blob = net.FindBlob(name);
                picture.Add(LookSections.Channels(net, name, ActivationSheet.Of(blob, item, look.Most(parsed))));
            }

            return picture;
        }));
        return command;
    }
}
