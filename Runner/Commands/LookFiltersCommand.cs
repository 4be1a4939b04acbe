using System.CommandLine;
using Cnn.Engine.Graph;
using Cnn.Engine.Inspection;
using Cnn.Layers;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;
using Cnn.Runner.Reports;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn look filters</c>: shows the weights of convolutions.</summary>
internal static class LookFiltersCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        var look = new LookChoice(TileSheet.UsualMost);
        Option<string[]> layers = LookChoice.Layers();
        var command = new CommandWithExamples(
            "filters",
            "Shows the filters of a convolution, or of an InnerProduct that reads images: in colour over three "
            + "channels, else in grey.",
            "cnn look filters --model deploy.prototxt --weights w.caffemodel --output filters.png",
            "cnn look filters --model deploy.prototxt --weights w.caffemodel --layer conv1,conv2 --dark -o filters.png")
        {
            layers,
        };
        look.AddTo(command);
        command.SetAction(parsed => look.Draw(parsed, console, runsBackward: false, net =>
        {
            var picture = new LookPicture("Filters", look.Describe(parsed, net), look.IsDark(parsed));
            foreach (NetLayer layer in LookSections.Layers(net, parsed.GetValue(layers)))
            {
                Blob filters = FilterSheet.FiltersOf(layer);
                picture.Add(LookSections.Filters(layer, filters, FilterSheet.Tiles(filters, look.Most(parsed))));
            }

            return picture;
        }));
        return command;
    }
}
