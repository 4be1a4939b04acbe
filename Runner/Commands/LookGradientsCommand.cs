using System.CommandLine;
using Cnn.Engine.Graph;
using Cnn.Engine.Inspection;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn look gradients</c>: shows the gradients of weights and blobs.</summary>
internal static class LookGradientsCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var look = new LookChoice(TileSheet.UsualMost);
        Option<string[]> layers = LookChoice.Layers();
        Option<string[]> blobs = LookChoice.Blobs("none");
        Option<int?> label = LookChoice.Class(
            "The class whose score is derived; the loss of the net if not given, or its best class where it has none.");
        var command = new CommandWithExamples(
            "gradients",
            "Shows the gradient of the loss, or of a class's score, with respect to filters and blobs.",
            "cnn look gradients --model train_val.prototxt --weights w.caffemodel --phase TRAIN --output g.png",
            "cnn look gradients --model deploy.prototxt --weights w.caffemodel --image cat.jpg --class 281 "
            + "--blob conv1 -o g.png")
        {
            layers, blobs, label,
        };
        look.AddTo(command);
        look.AddInputTo(command);
        command.SetAction(parsed => look.Draw(parsed, console, runsBackward: true, net =>
        {
            string[] chosen = OptionValues.SplitAtCommas(parsed.GetValue(blobs));
            string[] names = chosen.Length > 0 ? LookSections.Blobs(net, chosen) : [];
            NetLayer[] filtered = names.Length > 0 && parsed.GetValue(layers) is not { Length: > 0 }
                ? []
                : LookSections.Layers(net, parsed.GetValue(layers));
            int item = look.Fill(parsed, net, console);
            string what = Derive(net, parsed.GetValue(label), item);
            bool isDark = look.IsDark(parsed);
            var picture = new LookPicture($"Gradient of {what}", look.Describe(parsed, net), isDark);
            foreach (NetLayer layer in filtered)
            {
                Blob filters = FilterSheet.FiltersOf(layer);
                RequireGradient(filters, $"the weights of layer '{layer.Name}'");
                TileSheet sheet = GradientSheet.OfWeights(filters, look.Most(parsed), isDark);
                picture.Add(LookSections.Gradient(layer, filters, sheet));
            }

            foreach (string name in names)
            {
                Blob blob = net.FindBlob(name);
                RequireGradient(blob, $"blob '{name}'");
                TileSheet sheet = GradientSheet.OfBlob(blob, item, look.Most(parsed), isDark);
                picture.Add(LookSections.Channels(net, name, sheet));
            }

            return picture;
        }));
        return command;
    }

    private static string Derive(Net net, int? label, int item)
    {
        net.Forward();
        if (label is null && net.Layers.Any(l => l.LossWeights.Any(w => w != 0)))
        {
            net.ClearParameterDiffs();
            net.Backward();
            return "the loss";
        }

        return $"the score of class {LookSections.Number(ScoreGradient.Run(net, label, item).Label)}";
    }

    private static void RequireGradient(Blob blob, string what)
    {
        if (!blob.HasDiff)
        {
            throw new CnnException($"no gradient flows back to {what}");
        }
    }
}
