using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Graph;

/// <summary>Holds a net against the shapes and the batch size that <see cref="NetOptions.MadeUp"/> gives.</summary>
internal static class GivenShapes
{
    /// <summary>Requires that the tops of a layer without bottoms have the shapes that are given for them.</summary>
    /// <exception cref="CnnException">One has another shape, such as that of data that is here.</exception>
    public static void RequireSame(MadeUpData? given, NetLayer layer, SourceMap sources)
    {
        for (int i = 0; i < layer.TopList.Count && given is not null && IsSource(layer); i++)
        {
            string name = layer.TopNameList[i];
            Blob top = layer.TopList[i];
            if (given.ShapeOf(name) is { } shape && !top.Shape.SequenceEqual(shape))
            {
                throw GraphErrors.At(
                    sources.Find(layer.Definition),
                    layer.Definition,
                    $"gives '{name}' the shape {MadeUpData.Text(top.Shape)}, not {MadeUpData.Text(shape)} as asked for",
                    "of data that is here or defined, a given shape can change no more than the batch size");
            }
        }
    }

    /// <summary>Requires that some layer without bottoms takes each shape, and one the batch size.</summary>
    /// <exception cref="CnnException">None does.</exception>
    public static void RequireUse(MadeUpData? given, IEnumerable<NetLayer> layers)
    {
        if (given is null)
        {
            return;
        }

        NetLayer[] sources = [.. layers.Where(IsSource)];
        string[] tops = [.. sources.SelectMany(l => l.TopNameList)];
        if (given.Shapes.Keys.FirstOrDefault(name => !tops.Contains(name)) is { } unknown)
        {
            throw new CnnException(
                $"a shape is given for '{unknown}', but neither a data layer nor an input is called so",
                Suggestion.For(unknown, tops)
                ?? (tops.Length == 0 ? "the net has none" : $"those of the net are {string.Join(", ", tops)}"));
        }

        if (given.Batch is { } batch
            && !sources.SelectMany(l => l.TopList).Any(t => t.AxisCount > 0 && t.Shape[0] == batch))
        {
            throw new CnnException($"no layer of the net takes the batch size {batch}", "shapes may be given instead");
        }
    }

    private static bool IsSource(NetLayer layer) => layer.BottomList.Count == 0;
}
