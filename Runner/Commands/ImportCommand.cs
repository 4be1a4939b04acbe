using System.CommandLine;
using System.Globalization;
using Cnn.Engine.Graph;
using Cnn.Engine.Import;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn import</c>: reads a net of another program.</summary>
internal static class ImportCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string> input = OptionValues.OfPath(new Argument<string>("net")
        {
            Description = "The .onnx file to read.",
        });
        Option<string> to = OptionValues.RequiredFile("--to", "The definition to write: .prototxt or .yaml.");
        Option<string> weights = OptionValues.RequiredFile(
            "--weights", "The weights to write: .caffemodel, or .h5 for HDF5.");
        Option<string[]> plugin = OptionValues.Plugin();
        var sizes = new MadeUpChoice();
        sizes.Batch.Description = "Items in a batch where the file leaves that open; 1 if not given.";
        sizes.Shape.Description =
            "The shape of an input where the file leaves more of it open: data=1x3x224x224. May be given for several.";
        var command = new CommandWithExamples(
            "import",
            "Reads an ONNX file as a net, whose layers compute exactly the same, and its weights.",
            "cnn import net.onnx --to net.prototxt --weights net.caffemodel",
            "cnn import net.onnx --to net.yaml --weights net.h5 --shape input=1x3x224x224")
        {
            input, to, weights, plugin, sizes.Batch, sizes.Shape,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(input), definition = parsed.GetRequiredValue(to);
            string values = parsed.GetRequiredValue(weights);
            RequireThreeFiles(path, definition, values);
            var plugins = PluginChoice.Of(parsed, plugin);
            MadeUpData given = sizes.Read(parsed);
            ImportedNet imported = NetImport.LoadOnnx(path, new OnnxImportOptions
            {
                Batch = given.Batch ?? 1,
                Shapes = given.Shapes.ToDictionary(s => s.Key, s => (IReadOnlyList<int>)s.Value),
            });
            RequireBuilds(imported, plugins);
            imported.Save(definition, values);
            string name = imported.Definition.Name is { Length: > 0 } own
                ? own
                : Path.GetFileNameWithoutExtension(path);
            console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"imported {name}: {imported.LayerCount} layers, {imported.ParameterCount:N0} parameters"));
            return ExitCode.Done;
        });
        return command;
    }

    // What is written builds, with these weights.
    private static void RequireBuilds(ImportedNet imported, PluginChoice plugins)
    {
        using var pool = new WorkerPool(1);
        imported.RequireBuilds(new NetOptions
        {
            Pool = pool, BuildsQuietly = true, Layers = plugins.Layers, Fillers = plugins.Fillers,
        });
    }

    private static void RequireThreeFiles(params string[] paths)
    {
        string[] full = Array.ConvertAll(paths, Path.GetFullPath);
        if (full.Distinct(StringComparer.Ordinal).Count() < full.Length)
        {
            throw new CnnException(
                "the net, --to and --weights name the same file twice", "give each a file of its own");
        }
    }
}
