using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Engine.Graph;

/// <summary>Holds a net against the shapes and the batch size that <see cref="NetOptions.MadeUp"/> gives.</summary>
internal static class GivenShapes
{
    /// <summary>Requires that shapes are given for tops of layers without bottoms alone.</summary>
    /// <exception cref="CnnException">Another name is among them.</exception>
    public static void RequireNames(MadeUpData? given, IEnumerable<LayerParameter> layers)
    {
        string[] tops = [.. layers.Where(l => l.Bottom.Count == 0).SelectMany(l => l.Top).Distinct()];
        if (given?.Shapes.Keys.FirstOrDefault(name => !tops.Contains(name)) is { } unknown)
        {
            throw new CnnException(
                $"a shape is given for '{unknown}', but neither data nor an input is called so",
                Suggestion.For(unknown, tops)
                ?? (tops.Length == 0 ? "the net has none" : $"those of the net are {string.Join(", ", tops)}"));
        }
    }

    /// <summary>Requires that the tops of a layer without bottoms have the shapes that are given for them.</summary>
    /// <exception cref="CnnException">One has another shape, such as that of data that is here.</exception>
    public static void RequireSame(MadeUpData? given, NetLayer layer, SourceMap sources)
    {
        for (int i = 0; i < layer.TopList.Count && layer.BottomList.Count == 0; i++)
        {
            string name = layer.TopNameList[i];
            Blob top = layer.TopList[i];
            if (given?.ShapeOf(name) is { } shape && !top.Shape.SequenceEqual(shape))
            {
                throw GraphErrors.At(
                    sources.Find(layer.Definition),
                    layer.Definition,
                    $"gives '{name}' the shape {MadeUpData.Text(top.Shape)}, not {MadeUpData.Text(shape)} as asked for",
                    "of data that is here or defined, a given shape can change no more than the batch size");
            }
        }
    }

    /// <summary>Requires that some layer without bottoms takes the batch size.</summary>
    /// <exception cref="CnnException">None does.</exception>
    public static void RequireBatch(MadeUpData? given, IEnumerable<NetLayer> layers)
    {
        IEnumerable<Blob> tops = layers.Where(l => l.BottomList.Count == 0).SelectMany(l => l.TopList);
        if (given?.Batch is { } batch && !tops.Any(top => top.AxisCount > 0 && top.Shape[0] == batch))
        {
            throw new CnnException(
                $"no data and no input of the net takes the batch size {batch}", "the shapes that it defines stay");
        }
    }
}
