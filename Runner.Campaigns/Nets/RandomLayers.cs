using Cnn.Fillers;
using Cnn.Proto;

namespace Cnn.Campaigns.Nets;

/// <summary>Draws layers of one type alone.</summary>
internal static class RandomLayers
{
    /// <summary>
    /// Draws a layer of a type: options from their valid ranges, at times a little beyond, and bottoms. The layer has
    /// names,
    /// bottoms <c>in0</c>, <c>in1</c>, ... and, unless their names mean something, tops <c>out0</c>, <c>out1</c>, ...
    /// </summary>
    public static DrawnLayer Draw(PhiloxRandom random, string type)
    {
        DrawnLayer drawn = Draw(random, type, []);
        drawn.Layer.Name = "drawn";
        drawn.Layer.Bottom.Add(drawn.Bottoms.Select((_, i) => $"in{i}"));
        if (drawn.Layer.Top.Count == 0)
        {
            drawn.Layer.Top.Add(Enumerable.Range(0, drawn.Tops).Select(i => $"out{i}"));
        }

        return drawn;
    }

    /// <summary>Draws a layer of a type that may read the blobs of a net.</summary>
    /// <param name="random">The random numbers.</param>
    /// <param name="type">The type.</param>
    /// <param name="blobs">The blobs, each with its name.</param>
    internal static DrawnLayer Draw(PhiloxRandom random, string type, IReadOnlyList<DrawnBottom> blobs)
    {
        var draw = new LayerDraw(random, blobs);
        LayerRecipes.All[type](draw);
        var layer = TextFormat.Parse<LayerParameter>($"type: '{type}' {draw.OptionText}", "recipe");
        return new DrawnLayer(layer, draw.Bottoms, draw.Tops);
    }
}
