using Cnn.Fillers;

namespace Cnn.Layers.Data;

/// <summary>
/// Rows in place of those of files that are not here: numbers from 0 to below 1, which as labels and as indices
/// count as 0.
/// </summary>
internal sealed class MadeUpRows
{
    private readonly ulong key;
    private readonly int[][] shapes;
    private readonly PhiloxRandom random;

    /// <param name="key">Key of the layer's random stream.</param>
    /// <param name="shapes">The shape of each top.</param>
    public MadeUpRows(ulong key, int[][] shapes)
    {
        (this.key, this.shapes) = (key, shapes);
        random = new PhiloxRandom(key);
    }

    /// <summary>
    /// Returns the shape of a top: the given one with the batch size, or that of one label a row for a top that is
    /// called so; null where nothing tells it.
    /// </summary>
    /// <param name="top">The top's name.</param>
    /// <param name="given">The shapes that are given.</param>
    /// <param name="batch">The batch size.</param>
    public static int[]? ShapeOf(string top, MadeUpData given, int batch) =>
        given.ShapeOf(top) is { } shape ? [batch, .. shape[1..]]
        : top.Contains("label", StringComparison.OrdinalIgnoreCase) ? [batch]
        : null;

    /// <summary>Gives the tops their shapes.</summary>
    public void Reshape(IReadOnlyList<Blob> tops)
    {
        for (int i = 0; i < tops.Count; i++)
        {
            tops[i].Reshape(shapes[i]);
        }
    }

    /// <summary>Draws the rows of a pass.</summary>
    public void Draw(IReadOnlyList<Blob> tops, long pass)
    {
        random.Restart(key, (ulong)pass);
        for (int i = 0; i < tops.Count; i++)
        {
            foreach (ref float value in tops[i].Data)
            {
                value = random.NextSingle();
            }
        }
    }
}
