using Cnn.Engine.Graph;
using Cnn.Engine.Weights;
using Cnn.Proto;
using Cnn.Runner.Reports;
using Serilog;

namespace Cnn.Runner.Commands.Support;

/// <summary>Weights from files into a net, with a table of what came from where.</summary>
internal static class StartingWeights
{
    /// <summary>Copies the files' weights, in order, and fills the parameters that no file has.</summary>
    /// <param name="net">The net.</param>
    /// <param name="paths">The files; a later one wins.</param>
    /// <param name="strict">Whether every parameter must come from a file and every stored layer must be in the net.</param>
    /// <param name="log">Where the table goes.</param>
    /// <exception cref="CnnException">A file does not fit, or <paramref name="strict"/> and something is left over.</exception>
    public static void Copy(Net net, IReadOnlyList<string> paths, bool strict, ILogger log)
    {
        if (paths.Count == 0)
        {
            net.FillParameters();
            return;
        }

        var origins = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var ignored = new List<(string Layer, string Path)>();
        foreach (string path in paths)
        {
            log.Information("{Line:l}", $"Finetuning from {path}");
            WeightReport report = net.CopyWeightsFrom(path);
            foreach (string layer in report.Copied)
            {
                origins[layer] = path;
            }

            ignored.AddRange(report.IgnoredWithWeights.Select(layer => (layer, path)));
        }

        List<string> kept = [.. net.Layers.Where(l => l.Layer.Blobs.Count > 0 && !origins.ContainsKey(l.Name)).Select(l => l.Name)];
        Tell(net, origins, ignored, kept, log);
        if (strict && (kept.Count > 0 || ignored.Count > 0))
        {
            throw new CnnException(
                $"--weights-strict: {Text(kept, "without weights in the files")}"
                + (kept.Count > 0 && ignored.Count > 0 ? "; " : "")
                + Text(ignored.ConvertAll(i => i.Layer), "of the files not in the net"));
        }

        net.FillParameters();
    }

    private static void Tell(
        Net net,
        SortedDictionary<string, string> origins,
        List<(string Layer, string Path)> ignored,
        List<string> kept,
        ILogger log)
    {
        var table = new TextTable("layer", "weights");
        foreach (NetLayer layer in net.Layers.Where(l => l.Layer.Blobs.Count > 0))
        {
            table.Add(layer.Name, origins.TryGetValue(layer.Name, out string? path) ? $"from {path}" : "as filled");
        }

        foreach (var (layer, path) in ignored)
        {
            table.Add(layer, $"ignored, in {path} only");
        }

        foreach (string line in table.ToString().TrimEnd('\n').Split('\n'))
        {
            log.Information("{Line:l}", $"    {line}");
        }

        if (kept.Count > 0)
        {
            log.Warning("{Line:l}", Text(kept, "without weights in the files, left as filled"));
        }
    }

    private static string Text(List<string> layers, string what) =>
        layers.Count == 0 ? "" : $"{layers.Count} layer(s) {what}: {string.Join(", ", layers)}";
}
