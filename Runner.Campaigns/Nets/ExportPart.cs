using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Engine.Import;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;

namespace Cnn.Campaigns.Nets;

/// <summary>A net that is exported to ONNX and imported again gives the same outputs.</summary>
internal sealed class ExportPart(Action<string> count) : IDisposable
{
    private const double Tolerance = 1e-4;

    private readonly WorkerPool pool = new(1);
    private readonly TemporaryFolder folder = new();

    /// <summary>The types that the export knows.</summary>
    public static IReadOnlyList<string> Types { get; } = [.. LayerRecipes.All.Keys.Intersect(LayerExports.Types)];

    /// <summary>Returns what differs; null where nothing does.</summary>
    public string? Check(NetCase net)
    {
        using Net built = net.Build(pool);
        if (built.Layers.Any(l => l.Type == "MemoryData" || l.Tops.Any(t => t.Count == 0)))
        {
            // Its labels change their shape when data comes; and ONNX has no word for a size that is 0 and not open.
            return null;
        }

        net.HandOver(built);
        InferencePart.SetStatistics(net, built);
        OnnxExport export;
        ImportedNet imported;
        try
        {
            export = OnnxExporter.Export(built, new OnnxOptions { FixesBatch = true });
            OnnxWriter.Write(folder["net.onnx"], export.Model, export.Weights, false);
        }
        catch (CnnException refusal) when (refusal.Message.Length > 10)
        {
            count("nets that the export refuses");
            return null;
        }

        try
        {
            imported = NetImport.LoadOnnx(folder["net.onnx"]);
        }
        catch (CnnException refusal) when (refusal.Message.Length > 10)
        {
            count("nets that the import refuses");
            return null;
        }

        using Net again = imported.Build(new NetOptions { Phase = Phase.Test, Pool = pool });
        count("nets that were exported and imported");
        return Difference(net, built, again, export);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        pool.Dispose();
        folder.Dispose();
    }

    private static string? Difference(NetCase net, Net built, Net again, OnnxExport export)
    {
        net.Fill(built);
        var given = built.Inputs.ToDictionary(name => name, name => built.FindInput(name).Data.ToArray());
        built.RunsLayersAlone = true;
        built.Forward();
        foreach (var (blob, name) in export.Inputs)
        {
            // What a source of data gave stays in its top, unless a layer worked in place on it.
            float[] values = given.GetValueOrDefault(blob) ?? built.FindBlob(blob).Data.ToArray();
            if (again.Inputs.Contains(name))
            {
                if (again.FindInput(name).Count != values.Length)
                {
                    // A source whose batches have as many rows as there are objects in them.
                    return null;
                }

                again.SetInput(name, values);
            }
        }

        again.Forward();
        HashSet<string> lost = Lost(built);
        foreach (var (blob, name) in export.Outputs.Where(o => built.Blobs.ContainsKey(o.Blob)
            && !lost.Contains(o.Blob)))
        {
            if (!again.Blobs.TryGetValue(name, out Blob? other))
            {
                return $"the imported net has no blob '{name}'";
            }

            Blob own = built.FindBlob(blob);
            if (!own.Shape.SequenceEqual(other.Shape))
            {
                return $"'{name}' has shape {own.ShapeText}, imported {other.ShapeText}";
            }

            if (Comparison.Close($"'{name}'", own.Data, other.Data, Tolerance) is { } difference)
            {
                return $"exported and imported: {difference}";
            }
        }

        return null;
    }

    // The blobs that jump with a rounding, and those that sources gave before a layer worked in place on them.
    private static HashSet<string> Lost(Net net)
    {
        var lost = new HashSet<string>();
        foreach (NetLayer layer in net.Layers)
        {
            bool changesSource = layer.TopNames.Any(t => layer.BottomNames.Contains(t)
                && net.Layers.Any(l => l.Bottoms.Count == 0 && l.Type != "Input" && l.TopNames.Contains(t)));
            foreach (Blob top in layer.Tops.Where(layer.Bottoms.Contains))
            {
                // Other names of the same values show them as this layer leaves them.
                lost.UnionWith(net.Blobs.Where(b => b.Value != top && b.Value.SharesDataWith(top)).Select(b => b.Key));
            }

            if (changesSource || InferencePart.Jumping.Contains(layer.Type) || layer.BottomNames.Any(lost.Contains))
            {
                lost.UnionWith(layer.TopNames);
            }
        }

        return lost;
    }
}
