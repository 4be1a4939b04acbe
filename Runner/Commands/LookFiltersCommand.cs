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
        command.SetAction(parsed =>
        {
            string path = look.PathOf(parsed);
            using var pool = new WorkerPool(1);
            using var log = RunLog.Create(console.LogSink, null, "look", LogEventLevel.Warning);
            using Net net = look.Build(parsed, pool, log, runsBackward: false);
            var picture = new LookPicture("Filters", look.Describe(parsed, net), look.IsDark(parsed));
            foreach (NetLayer layer in LookSections.Layers(net, parsed.GetValue(layers)))
            {
                Blob filters = FilterSheet.FiltersOf(layer);
                picture.Add(LookSections.Filters(layer, filters, FilterSheet.Tiles(filters, look.Most(parsed))));
            }

            picture.Save(path);
            console.Out.WriteLine($"wrote {path}");
            return ExitCode.Done;
        });
        return command;
    }
}
