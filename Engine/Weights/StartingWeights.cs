using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Engine.Solvers;
using Cnn.Proto;
using Serilog;

namespace Cnn.Engine.Weights;

/// <summary>Copies the weights that a net starts from and logs a table of their sources.</summary>
internal static class StartingWeights
{
    /// <summary>Returns the files of weights that a run starts from; none where it resumes a snapshot.</summary>
    /// <exception cref="CnnException">Weights and a snapshot are given.</exception>
    public static string[] PathsOf(SolverDefinition definition, SolverOptions options)
    {
        if (options.ResumeFrom is not null)
        {
            return options.Weights is null or { Count: 0 }
                ? []
                : throw new CnnException(
                    "weights start a new run, a snapshot resumes one", "give one of them");
        }

        return options.Weights is not null
            ? [.. options.Weights]
            : [.. definition.Message.Weights
                .SelectMany(w => w.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                .Select(definition.Files.Find)];
    }

    /// <summary>Copies the files' weights, in order.</summary>
    /// <param name="net">The net.</param>
    /// <param name="paths">The files; a later one wins.</param>
    /// <param name="isStrict">
    /// Whether every parameter must come from a file and every stored layer must be in the net.
    /// </param>
    /// <param name="log">The log for the table; null for none.</param>
    /// <exception cref="CnnException">
    /// A file does not fit, or <paramref name="isStrict"/> is set and something is left over.
    /// </exception>
    public static void Copy(Net net, IReadOnlyList<string> paths, bool isStrict, ILogger? log)
    {
        if (paths.Count == 0)
        {
            return;
        }

        var origins = new Dictionary<NetLayer, string>();
        var ignored = new List<(string Layer, string Path)>();
        foreach (string path in paths)
        {
            log?.Information("{Line:l}", $"Finetuning from {path}");
            WeightReport report = net.CopyWeightsFrom(path);
            foreach (NetLayer layer in report.CopiedLayers)
            {
                origins[layer] = path;
            }

            ignored.AddRange(report.IgnoredWithWeights.Select(layer => (layer, path)));
        }

        // A layer that shares the parameters of a layer in a file gets its weights from there.
        NetLayer[] learned = [.. net.Layers.Where(l => l.Layer.Blobs.Count > 0)];
        List<string> kept = [.. learned.Where(l => !l.Layer.Blobs.All(b => b.IsFilled)).Select(l => l.Name)];
        Log(learned, origins, ignored, kept, log);
        if (isStrict && (kept.Count > 0 || ignored.Count > 0))
        {
            throw new CnnException(
                "the weights must fit strictly: "
                + Text(kept, "without weights in the files")
                + (kept.Count > 0 && ignored.Count > 0 ? "; " : "")
                + Text(ignored.ConvertAll(i => i.Layer), "of the files not in the net"));
        }
    }

    private static void Log(
        NetLayer[] learned,
        Dictionary<NetLayer, string> origins,
        List<(string Layer, string Path)> ignored,
        List<string> kept,
        ILogger? log)
    {
        var table = new TextTable("layer", "weights");
        foreach (NetLayer layer in learned)
        {
            table.Add(
                layer.Name,
                origins.TryGetValue(layer, out string? path) ? $"from {path}"
                : layer.Layer.Blobs.All(b => b.IsFilled) ? "shared with a layer above or below"
                : "as filled");
        }

        foreach (var (layer, path) in ignored)
        {
            table.Add(layer, $"ignored, in {path} only");
        }

        foreach (string line in table.ToString().TrimEnd('\n').Split('\n'))
        {
            log?.Information("{Line:l}", $"    {line}");
        }

        if (kept.Count > 0)
        {
            log?.Warning("{Line:l}", Text(kept, "without weights in the files, left as filled"));
        }
    }

    private static string Text(List<string> layers, string what) =>
        layers.Count == 0 ? "" : $"{layers.Count} layer(s) {what}: {string.Join(", ", layers)}";
}
