using System.CommandLine;
using Cnn.Engine.Classification;
using Cnn.Engine.Inspection;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn look saliency</c>: shows which pixels of an image a class depends on.</summary>
internal static class LookSaliencyCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var look = new LookChoice(TileSheet.UsualMost);
        Option<int?> label = LookChoice.Class("The class; the one with the greatest score if not given.");
        Option<string?> labels = OptionValues.OfPath(new Option<string?>("--labels")
        {
            Description = "The names of the classes, one in each line, such as synset_words.txt.", HelpName = "file",
        });
        var command = new CommandWithExamples(
            "saliency",
            "Shows which pixels of an image a class depends on: the magnitude of the derivative of its score with "
            + "respect to each.",
            "cnn look saliency --model deploy.prototxt --weights w.caffemodel --image cat.jpg --mean 104,117,123 "
            + "--labels synset_words.txt --output cat.png")
        {
            label, labels,
        };
        look.AddTo(command, isTiled: false);
        look.AddInputTo(command);
        command.SetAction(parsed =>
        {
            ClassLabels? names = parsed.GetValue(labels) is { } file ? ClassLabels.Read(file) : null;
            return look.Draw(parsed, console, runsBackward: true, net =>
            {
                int item = look.Fill(parsed, net, console);
                SaliencyMap map = Saliency.Of(net, parsed.GetValue(label), item);
                string value = ScoreGradient.GivesProbability(net) ? "probability" : "score";
                string subtitle = $"{look.Describe(parsed, net)}  \u00b7  the net gives it a {value} of "
                    + LookSections.Number(map.Class.Probability);
                var picture = new LookPicture(Title(map.Class, names), subtitle, look.IsDark(parsed));
                LookSections.AddSaliency(picture, net, map, item);
                return picture;
            });
        });
        return command;
    }

    private static string Title(ClassScore score, ClassLabels? names)
    {
        string number = LookSections.Number(score.Label);
        if (names is not null && score.Label >= names.Count)
        {
            throw new CnnException(
                $"--labels has {LookSections.Number(names.Count)} names, and class {number} none",
                "the file has one line for each class");
        }

        return names is null
            ? $"What matters for class {number}"
            : $"What matters for class {number}, {names[score.Label]}";
    }
}
