using Cnn.Proto;

namespace Cnn.Engine.Graph;

/// <summary>
/// The names of inserted splits: Caffe's, or where the net itself has such a name, as an imported one may, the first
/// that is free with further underscores.
/// </summary>
internal sealed class SplitNames(IReadOnlyList<LayerParameter> layers)
{
    private readonly HashSet<string> taken = [.. layers.SelectMany(l => l.Top.Append(l.Name))];
    private readonly Dictionary<(int Layer, int Top), string> names = [];

    /// <summary>Returns the name of the split of a top; its tops are called so with <c>_0</c> and so on.</summary>
    /// <param name="top">The top.</param>
    /// <param name="count">The number of the split's tops.</param>
    public string Of((int Layer, int Top) top, int count)
    {
        if (!names.TryGetValue(top, out string? name))
        {
            LayerParameter producer = layers[top.Layer];
            name = $"{producer.Top[top.Top]}_{producer.Name}_{top.Top}_split";
            while (taken.Contains(name) || Enumerable.Range(0, count).Any(k => taken.Contains($"{name}_{k}")))
            {
                name += "_";
            }

            names.Add(top, name);
            taken.Add(name);
        }

        return name;
    }
}
